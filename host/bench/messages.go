package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The lines of messages.
const (
	messagesLine = "messages to reply, 64 conversations"
	singlyLine   = "messages to reply, one at a time"
	chatLine     = "messages to reply, one each 5 ms"
)

// reply is how echobot's replies begin.
const reply = "You said: "

// messages measures from a customer's post to the bot's reply on the customer's
// stream. Both are durable then: the post when it is answered, the reply before
// it is shown. The bot is a process of its own.
func messages(conversations int, pace time.Duration) func(context.Context, *bench) (figure, error) {
	return func(ctx context.Context, b *bench) (figure, error) {
		w, err := b.newWorld(ctx)
		if err != nil {
			return figure{}, err
		}
		f, err := w.talk(ctx, b, load{during: b.during, pace: pace}, conversations)
		return f, errors.Join(err, w.close())
	}
}

func (w *world) talk(ctx context.Context, b *bench, l load, conversations int) (figure, error) {
	customers, leave, err := w.newCustomers(ctx, conversations)
	if err != nil {
		return figure{}, err
	}
	defer leave()
	for _, c := range customers {
		l.callers = append(l.callers, func() error {
			text := fmt.Sprintf("message %d of this conversation", c.said+1)
			if err := c.say(text); err != nil {
				return err
			}
			return c.await(reply + text)
		})
	}
	f, _, err := w.measure(ctx, b, fmt.Sprintf("messages-%d-%s", conversations, l.pace), l)
	for _, c := range customers {
		if c.heard > c.said {
			f.fail(c.heard-c.said, errors.New("a reply was shown twice"))
		}
	}
	return f, err
}

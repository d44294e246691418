package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The lines of messages.
const (
	messagesLine = "messages to reply, 64 at a time"
	singlyLine   = "messages to reply, one at a time"
	chatLine     = "messages to reply, one each 5 ms"
)

// reply is how echobot's replies begin.
const reply = "You said: "

// perConversation is how many messages a conversation gets at most: above 60
// turns a minute the rules take its customer for a machine.
const perConversation = 50

// messages measures from a customer's post to the bot's reply on the customer's
// stream. Both are durable then: the post when it is answered, the reply before
// it is shown. The bot is a process of its own.
type messages struct {
	// callers are at work at the same time, each in conversations of its own:
	// in one after the other, and around again.
	callers int
	pace    time.Duration
	// most is how many messages a second there are conversations for.
	most float64
}

func (m messages) run(ctx context.Context, b *bench) (figure, error) {
	w, err := b.newWorld(ctx)
	if err != nil {
		return figure{}, err
	}
	f, err := m.talk(ctx, b, w)
	return f, errors.Join(err, w.close())
}

func (m messages) talk(ctx context.Context, b *bench, w *world) (figure, error) {
	each := int(m.most*b.during.Seconds())/m.callers/perConversation + 1
	customers, leave, err := w.newCustomers(ctx, each*m.callers)
	if err != nil {
		return figure{}, err
	}
	defer leave()
	wires, hangUp, err := dialMany(ctx, w.host, m.callers)
	if err != nil {
		return figure{}, err
	}
	defer hangUp()
	l := load{during: b.during, pace: m.pace}
	for i, on := range wires {
		l.callers = append(l.callers, talkOn(on, customers[i*each:(i+1)*each]))
	}
	f, _, err := w.measure(ctx, b, fmt.Sprintf("messages-%d-%s", m.callers, m.pace), l)
	for _, c := range customers {
		if c.heard > c.said {
			f.fail(c.heard-c.said, errors.New("a reply was shown twice"))
		}
	}
	return f, err
}

// talkOn lets one customer after the other say something and wait for the reply.
func talkOn(on *wire, customers []*customer) caller {
	next := 0
	return func() error {
		c := customers[next%len(customers)]
		next++
		if c.said == perConversation {
			return errSpent
		}
		text := fmt.Sprintf("message %d of this conversation", c.said+1)
		if err := c.say(on, text); err != nil {
			return err
		}
		return c.await(reply + text)
	}
}

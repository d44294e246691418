package bot_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The smallest bot: a function.
func ExampleServe() {
	bot.Serve(bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		if strings.EqualFold(t.Text(), "agent") {
			return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
		}
		return reply.Say("You said: " + t.Text())
	}))
}

// A bot with settings is made by a factory; what is wrong with the settings is
// said with the key.
func ExampleServeFactory() {
	type settings struct {
		Greeting string `json:"greeting"`
	}
	bot.ServeFactory(func(s bot.Settings) (bot.Bot, error) {
		var c settings
		if err := s.Decode(&c); err != nil {
			return nil, err
		}
		if c.Greeting == "" {
			return nil, s.Errorf("greeting", "is missing: the text that customers see first")
		}
		return bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
			if t.Started {
				return reply.Say(c.Greeting)
			}
			return nil
		}), nil
	}, bot.Describe(bot.Description{Name: "greeter", Version: "1.0.0"}))
}

// What is said goes out at once; the rest takes effect together at the end of
// the turn.
func ExampleReply() {
	b := bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		reply.SetState([]byte(`{"asked":1}`))
		reply.SetTimer("still there?", 5*time.Minute)
		return reply.Ask("Shall I pass you on?", "Yes", "No")
	})
	err := bot.Run(context.Background(), b, &bot.Turn{ID: "1", Messages: []bot.Message{{Text: "help"}}}, func(e bot.Event) error {
		switch {
		case e.Message != nil:
			fmt.Println(e.Seq, e.Message.Text, e.Message.QuickReplies)
		case e.Done != nil:
			fmt.Println(e.Seq, string(e.Done.State), e.Done.Timers)
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// 1 Shall I pass you on? [{Yes } {No }]
	// 2 {"asked":1} [{still there? 5m0s}]
	// <nil>
}

// An error may say what is to be done about it.
func ExampleRetryAfter() {
	b := bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		return bot.RetryAfter(30*time.Second, fmt.Errorf("look up order: %w", context.DeadlineExceeded))
	})
	_ = bot.Run(context.Background(), b, &bot.Turn{ID: "1"}, func(e bot.Event) error {
		fmt.Printf("%+v\n", *e.Fail)
		return nil
	})
	// Output:
	// {Reason:look up order: context deadline exceeded Retryable:true RetryAfter:30s}
}

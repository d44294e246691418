package bridge_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestLateWordsEndTheTurn: a bot that goes on after its deadline has failed all
// the same, and nobody waits for ever.
func TestLateWordsEndTheTurn(t *testing.T) {
	for name, late := range map[string]func(*bot.Reply) error{
		"a message": func(r *bot.Reply) error { return r.Say("too late") },
		"typing":    func(r *bot.Reply) error { return r.Type(bot.Typing{For: time.Second}) },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, bot.Func(func(ctx context.Context, _ *bot.Turn, reply *bot.Reply) error {
				<-ctx.Done()
				return late(reply)
			}), func(w *world) {
				w.says("hi")
				w.pass(time.Minute)
				w.heldBy(lifecycle.Queue)
				if reason := w.conversation().Reason; reason != "the bot failed: no answer within 20s" {
					t.Errorf("reason %q", reason)
				}
			})
		})
	}
}

// TestWordsOfNoTime: a time that a bot sets means nothing, even if it is none
// that can be written down.
func TestWordsOfNoTime(t *testing.T) {
	inWorld(t, bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
		return reply.Send(bot.Message{Text: "hi", At: time.Unix(1<<40, 0)})
	}), func(w *world) {
		w.says("hello")
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"hi"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

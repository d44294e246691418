package bridge_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
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

// TestNotCutOffInVain: the bot is at a customer's words when the customer leaves,
// and that cannot be kept: the bot has not failed.
func TestNotCutOffInVain(t *testing.T) {
	fails := true
	inWorld(t, bot.Func(func(ctx context.Context, _ *bot.Turn, reply *bot.Reply) error {
		if fails {
			fails = false
			return errors.New("broken")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(5 * time.Second):
			return reply.Say("yes")
		}
	}), func(w *world) {
		w.says("hi") // the second attempt is the last
		w.pass(time.Second)
		w.store.failNext(1)
		_, err := w.engine.Receive(w.ctx, lifecycle.Event{ID: "leaves", Kind: lifecycle.EventLeft, Conversation: "c1"})
		if !errors.Is(err, bridge.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
		w.pass(time.Minute)
		w.heldBy(lifecycle.Bot)
		if diff := cmp.Diff([]string{"yes"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

// TestTimersOfAnyMoment: a timer that is due between two microseconds is due then.
func TestTimersOfAnyMoment(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.Debounce = time.Second
		w.restart()
		w.receive(lifecycle.Event{
			Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: "hi"},
			At: time.Now().Add(123 * time.Nanosecond),
		})
		w.pass(2 * time.Second)
		if diff := cmp.Diff([]string{"You said: hi"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

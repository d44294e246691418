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

// TestCommitInDoubt: a commit whose error was wrong is found out, and what it
// began goes on, also if the sender of its event gives up.
func TestCommitInDoubt(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(0)
		w.store.doubtNext()
		_, err := w.engine.Receive(w.ctx, lifecycle.Event{
			ID: "gone", Kind: lifecycle.EventAgentLeft, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Agent: bot.Agent{ID: "ann"},
		})
		if !errors.Is(err, bridge.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
		w.pass(time.Minute)
		w.heldBy(lifecycle.Bot)
	})
}

// TestBotsWordsKeepTheirOrder: what could not be kept at first comes before what
// the bot says meanwhile.
func TestBotsWordsKeepTheirOrder(t *testing.T) {
	inWorld(t, bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
		<-time.After(time.Second)
		for _, text := range []string{"one", "two", "three"} {
			if err := reply.Say(text); err != nil {
				return err
			}
			<-time.After(50 * time.Millisecond)
		}
		return nil
	}), func(w *world) {
		w.says("count")
		w.store.failNext(1)
		w.pass(5 * time.Second)
		if diff := cmp.Diff([]string{"one", "two", "three"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

// TestWordsInDoubt: what the bot said in a commit whose error was wrong was said,
// and the bot is not told that it came too late.
func TestWordsInDoubt(t *testing.T) {
	r := &recorder{}
	inWorld(t, bot.Func(func(ctx context.Context, turn *bot.Turn, reply *bot.Reply) error {
		<-time.After(time.Second)
		if err := reply.Say("yes"); err != nil {
			return err
		}
		return r.Turn(ctx, turn, reply)
	}), func(w *world) {
		w.says("hi")
		w.store.doubtNext()
		w.pass(time.Minute)
		w.says("again")
		w.pass(time.Minute)
		if told := r.last(t).Deliveries; len(told) > 0 {
			t.Errorf("the bot is told %+v", told)
		}
		want := []string{"1 said customer hi", "2 said bot yes", "3 done bot", "4 said customer again", "5 said bot yes", "6 done bot"}
		if diff := cmp.Diff(want, w.journal()); diff != "" {
			t.Errorf("the journal: -want +got\n%s", diff)
		}
	})
}

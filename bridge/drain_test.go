package bridge_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestDrain: a turn that the bot is at ends, and what it said is durable;
// turns that come meanwhile are taken up by the next run.
func TestDrain(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	slow := bot.Func(func(ctx context.Context, turn *bot.Turn, reply *bot.Reply) error {
		mu.Lock()
		asked = append(asked, turn.Text())
		mu.Unlock()
		if err := reply.Say("one moment"); err != nil {
			return err
		}
		select {
		case <-time.After(5 * time.Second):
			return reply.Say("You said: " + turn.Text())
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	inWorld(t, slow, func(w *world) {
		w.says("first")
		drained := make(chan error, 1)
		go func() { drained <- w.engine.Drain(w.ctx) }()
		w.pass(time.Second)
		w.says("second")
		w.receive(lifecycle.Event{Kind: lifecycle.EventSaid, Conversation: "c2", Channel: "web", Message: &bot.Message{Text: "third"}})
		w.pass(10 * time.Second)
		if err := <-drained; err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		if !slices.Equal(asked, []string{"first"}) {
			t.Errorf("put to the bot: %q", asked)
		}
		mu.Unlock()
		w.restart()
		if diff := cmp.Diff([]string{"one moment", "You said: first"}, w.customerSees()); diff != "" {
			t.Errorf("said before the end: -want +got\n%s", diff)
		}
		w.pass(10 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(asked)
		if !slices.Equal(asked, []string{"first", "second", "third"}) {
			t.Errorf("put to the bot: %q", asked)
		}
	})
}

// TestDrainGivesUp: nobody waits longer than is wanted, and a turn that was cut
// off is put once more by the next run.
func TestDrainGivesUp(t *testing.T) {
	var attempts []int
	stuck := bot.Func(func(ctx context.Context, turn *bot.Turn, reply *bot.Reply) error {
		attempts = append(attempts, turn.Attempt)
		if len(attempts) > 1 {
			return reply.Say("here")
		}
		<-ctx.Done()
		return context.Cause(ctx)
	})
	inWorld(t, stuck, func(w *world) {
		w.says("first")
		ctx, cancel := context.WithTimeout(w.ctx, time.Second)
		defer cancel()
		if err := w.engine.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		w.restart()
		synctest.Wait()
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"here"}, w.customerSees()); diff != "" || !slices.Equal(attempts, []int{1, 1}) {
			t.Errorf("attempts %v: -want +got\n%s", attempts, diff)
		}
	})
}

// TestDrainWaitsForTheStore: what the bots said last is durable, also if it was
// not at the first try.
func TestDrainWaitsForTheStore(t *testing.T) {
	inWorld(t, slowly(echo), func(w *world) {
		w.says("hi")
		w.store.failNext(3)
		if err := w.engine.Drain(w.ctx); err != nil {
			t.Fatal(err)
		}
		w.stop()
		w.start()
		if diff := cmp.Diff([]string{"You said: hi"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
		w.pass(time.Second)
	})
}

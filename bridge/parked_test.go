package bridge_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// slowParked is a store that takes its time to find parked events.
type slowParked struct{ bridge.Store }

func (s slowParked) Parked(ctx context.Context, desk, ticket string) ([]bridge.Parked, error) {
	<-time.After(100 * time.Millisecond)
	return s.Store.Parked(ctx, desk, ticket)
}

// TestParkedComesFirstAfterRestart: the same if the host ends between a ticket's
// binding and what had to wait for it.
func TestParkedComesFirstAfterRestart(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", hang: true, done: true})
		w.says("a person please")
		for _, text := range []string{"one", "two"} {
			w.ticket(lifecycle.EventAgentSaid, "ann", text)
		}
		w.around = func(s bridge.Store) bridge.Store { return slowParked{s} }
		w.store.Store = w.around(w.store.Store)
		binds := lifecycle.Event{
			ID: "binds", Kind: lifecycle.EventTicket, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Marker: w.desk.opened[0].Marker,
		}
		go func() { _, _ = w.engine.Receive(w.ctx, binds) }()
		<-time.After(50 * time.Millisecond)
		w.restart()
		w.ticket(lifecycle.EventAgentSaid, "ann", "three")
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"<requested>", "one", "two", "three"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

// TestParkedComesFirst: what had to wait for its ticket comes before what the
// desk tells while it is looked for.
func TestParkedComesFirst(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", hang: true, done: true})
		w.says("a person please")
		for _, text := range []string{"one", "two"} {
			w.ticket(lifecycle.EventAgentSaid, "ann", text)
		}
		w.store.Store = slowParked{w.store.Store}
		binds := lifecycle.Event{
			ID: "binds", Kind: lifecycle.EventTicket, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Marker: w.desk.opened[0].Marker,
		}
		go func() { _, _ = w.engine.Receive(w.ctx, binds) }()
		<-time.After(50 * time.Millisecond)
		_, err := w.engine.Receive(w.ctx, lifecycle.Event{
			ID: "three", Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "T1", DeskTime: time.Now(),
			Agent: bot.Agent{ID: "ann"}, Message: &bot.Message{Text: "three"},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"<requested>", "one", "two", "three"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

// failsToPark is a store that now and then cannot find parked events.
type failsToPark struct {
	bridge.Store
	fails *atomic.Bool
}

func (s failsToPark) Parked(ctx context.Context, desk, ticket string) ([]bridge.Parked, error) {
	if s.fails.Load() {
		return nil, errors.New("input/output error")
	}
	return s.Store.Parked(ctx, desk, ticket)
}

// TestParkedIsLookedOverAgain: what waits in vain is dropped after a day, also if
// it could not be looked over for a while.
func TestParkedIsLookedOverAgain(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		var fails atomic.Bool
		w.around = func(s bridge.Store) bridge.Store { return failsToPark{s, &fails} }
		w.restart()
		w.receive(lifecycle.Event{Kind: lifecycle.EventQueued, Desk: "acme", Ticket: "nobody's"})
		fails.Store(true)
		w.pass(3 * time.Hour)
		fails.Store(false)
		w.pass(24 * time.Hour)
		if parked, err := w.store.Parked(w.ctx, "", ""); err != nil || len(parked) > 0 {
			t.Errorf("%d events wait, %v", len(parked), err)
		}
	})
}

package bridge_test

import (
	"context"
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

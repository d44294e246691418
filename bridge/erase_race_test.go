package bridge_test

import (
	"context"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// slowFiles is a desk that takes a second to find a file.
type slowFiles struct{ *fakeDesk }

func (d slowFiles) Fetch(ctx context.Context, ticket, attachment string) (bridge.File, error) {
	<-time.After(time.Second)
	return d.fakeDesk.Fetch(ctx, ticket, attachment)
}

// TestEraseWhileFetching: a file that somebody wants just when its conversation
// is erased does not stay behind.
func TestEraseWhileFetching(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.LineCan.Attachments = true
		s := w.settings(w.channel)
		s.Desks = map[string]bridge.Desk{"acme": slowFiles{w.desk}}
		w.configure(s)
		w.desk.files = map[string]string{"T1/A1": "content"}
		w.withAgent(0)
		w.desk.fault(fault{call: "fetch", err: broken}) // ahead
		number := w.receive(lifecycle.Event{
			Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Agent: bot.Agent{ID: "ann"},
			Message: &bot.Message{Attachments: []bot.Attachment{{Name: "a.txt", URL: lifecycle.FileURL(lifecycle.FileAtDesk, "A1")}}},
		})
		w.pass(time.Minute)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(time.Minute)
		w.store.beforeErase = func() {
			go func() { _, _ = w.engine.Attachment(w.ctx, "c1", number, 0) }()
			<-time.After(time.Millisecond)
		}
		if err := w.engine.Erase(w.ctx, "c1"); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Minute)
		if n := w.files(); n > 0 || !w.gone("c1") {
			t.Errorf("%d files are left", n)
		}
	})
}

// TestErasureOfUnknown: files stay as long as it cannot be told whether their
// customer has come back.
func TestErasureOfUnknown(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.saysIn("c1", "hello")
		if err := w.store.Erase(w.ctx, bridge.Erasure{Conversation: "c1"}); err != nil {
			t.Fatal(err)
		}
		w.store.unreadable.Store(true)
		w.pass(61 * time.Minute)
		if n := w.files(); n != 1 {
			t.Errorf("%d files", n)
		}
		w.store.unreadable.Store(false)
		w.pass(time.Hour)
		if n := w.files(); n != 0 {
			t.Errorf("%d files are left", n)
		}
	})
}

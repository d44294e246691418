package bridge_test

import (
	"context"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// oneTicket is a desk that answers each opening with the same ticket.
type oneTicket struct{ *fakeDesk }

func (d oneTicket) Open(ctx context.Context, o bridge.Opening) (string, error) {
	_, err := d.fakeDesk.Open(ctx, o)
	return "T1", err
}

// TestTicketOfAnother: a desk that opens for one customer the ticket of another
// has opened none, and holds nobody up.
func TestTicketOfAnother(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		s := w.settings(w.channel)
		s.Desks = map[string]bridge.Desk{"acme": oneTicket{w.desk}}
		w.configure(s)
		says := func(id bot.ConversationID, text string) {
			w.receive(lifecycle.Event{
				Kind: lifecycle.EventSaid, Conversation: id, Channel: "web", Message: &bot.Message{Text: text},
			})
		}
		says("c2", "a person please")
		w.pass(time.Second)
		says("c1", "a person please")
		for range 5 { // beside the news of the ticket
			w.pass(200 * time.Millisecond)
			says("c1", "hello?")
		}
		w.pass(11 * time.Minute)
		w.heldBy(lifecycle.Bot)
		w.pass(time.Hour)
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		if n := len(w.store.groups); n > 100 {
			t.Errorf("%d commits", n)
		}
	})
}

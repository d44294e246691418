package bridge_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// observer is a bot that notes what it is told was said without it.
type observer struct {
	bot.Bot
	mu   sync.Mutex
	told []string
}

func (o *observer) Observe(_ context.Context, observed *bot.Observed) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, seen := range observed.Observations {
		if seen.Said != nil {
			o.told = append(o.told, seen.Said.Text)
		}
	}
	return nil
}

// TestObservedOnce: what goes on is told once, also if the conversation is
// forgotten and remembered, and over a restart.
func TestObservedOnce(t *testing.T) {
	o := &observer{Bot: echo}
	inWorld(t, o, func(w *world) {
		w.withAgent(0)
		w.ticket(lifecycle.EventAgentSaid, "ann", "one")
		w.pass(time.Second)
		for i := range 200 {
			id := fmt.Sprintf("m%d", i)
			w.receive(lifecycle.Event{
				ID: id, Kind: lifecycle.EventSaid, Conversation: bot.ConversationID(id), Channel: "web", Message: &bot.Message{Text: "hi"},
			})
		}
		w.ticket(lifecycle.EventAgentSaid, "ann", "two")
		w.pass(time.Second)
		w.restart()
		w.ticket(lifecycle.EventAgentSaid, "ann", "three")
		w.pass(time.Second)
		o.mu.Lock()
		defer o.mu.Unlock()
		if diff := cmp.Diff([]string{"one", "two", "three"}, o.told); diff != "" {
			t.Errorf("the bot was told: -want +got\n%s", diff)
		}
	})
}

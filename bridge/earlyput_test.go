package bridge_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestTurnOfATimer: what the customer said after the agent had left is given to
// the bot when a timer is due. The commit of that fails and the timer, which has
// no id, is stepped later: the bot must not have had it before.
func TestTurnOfATimer(t *testing.T) {
	var mu sync.Mutex
	var turns []string
	b := bot.Func(func(_ context.Context, turn *bot.Turn, reply *bot.Reply) error {
		mu.Lock()
		defer mu.Unlock()
		if s := turn.AgentSessionEnded; s != nil {
			for _, m := range s.Waiting {
				turns = append(turns, fmt.Sprintf("%s in %s", m.Text, turn.ID))
			}
			return reply.Say("What else?")
		}
		return reply.Handoff(bot.Handoff{})
	})
	inWorld(t, b, func(w *world) {
		w.says("a person please")
		w.ticket(lifecycle.EventQueued, "", "")
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.says("wait")
		w.pass(4 * time.Second)
		w.store.failSlowly(50 * time.Millisecond) // so that a bot may think meanwhile
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(turns)
		if len(slices.Compact(turns)) != 1 {
			t.Errorf("the bot was given %v", turns)
		}
	})
}

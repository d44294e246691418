package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// slowStore takes its time, so that a bot may think meanwhile, and then fails.
type slowStore struct {
	bridge.Store
	fail int
}

func (s *slowStore) Commit(ctx context.Context, group []bridge.Commit) ([]error, error) {
	<-time.After(50 * time.Millisecond)
	if s.fail > 0 {
		s.fail--
		return nil, errors.New("no space left on device")
	}
	return s.Store.Commit(ctx, group)
}

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
		slow := &slowStore{Store: w.store.Store, fail: 1}
		w.store.Store = slow
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(turns)
		if len(slices.Compact(turns)) != 1 || slow.fail != 0 {
			t.Errorf("the bot was given %v", turns)
		}
	})
}

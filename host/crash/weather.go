package main

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// weather lets 8x8 have faults, other ones every other second, while it is on.
type weather struct {
	centre *client
	on     atomic.Bool
}

// rule is a fault of the simulator's.
type rule map[string]any

func (w *weather) run(ctx context.Context) error {
	var bad bool
	for rest(ctx, 1500*time.Millisecond) {
		on := w.on.Load()
		if !on && !bad {
			continue
		}
		bad = on
		if err := w.centre.call(ctx, "PUT", "/faults", rules(on), nil); err != nil {
			return ignore(ctx, err)
		}
	}
	return nil
}

// rules are some that go wrong for once. What is carried out late is so before
// it is looked for: what 8x8 stores after the second look is doubled, as the
// README says.
func rules(some bool) []rule {
	all := []rule{}
	if !some {
		return all
	}
	for _, call := range []string{
		"POST /conversations", "POST /conversations/*/messages", "PATCH /conversations/*", "PATCH /conversations/*/participants/user",
		"POST /conversations/*/post-agent-assignment", "GET /conversations/*", "GET /conversations/*/messages",
	} {
		faults := []rule{
			{"lose_answer": true}, {"answer_delay": "200ms"}, {"delay": "150ms"}, {"status": 503}, {"hang": "200ms"},
			{"status": 429, "retry_after": "1"},
		}
		switch call {
		case "POST /conversations", "PATCH /conversations/*":
			faults = append(faults, rule{"lag": "100ms"}) // messages would pass each other
			fallthrough
		case "POST /conversations/*/messages":
			faults = append(faults, rule{"lose_answer": true}, rule{"lose_answer": true})
		}
		one := faults[rand.IntN(len(faults))]
		one["match"], one["times"], one["skip"] = call, 1+rand.IntN(2), rand.IntN(4)
		all = append(all, one)
	}
	for range 4 {
		faults := []rule{{"twice": true}, {"delay": "700ms"}, {"hold": true}, {"bad_signature": true}, {"age": "10m"}}
		one := faults[rand.IntN(len(faults))]
		events := []string{"*", "MESSAGE agent", "MEMBERS_CHANGED agent left", "MEMBERS_CHANGED agent joined", "QUEUED", "CONVERSATION_UPDATE", "TRANSFER"}
		one["match"], one["times"], one["skip"] = "webhook "+events[rand.IntN(len(events))], 1+rand.IntN(3), rand.IntN(8)
		all = append(all, one)
	}
	return all
}

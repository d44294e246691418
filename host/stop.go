package host

import (
	"context"
	"time"

	"github.com/patchbay-host/patchbay/host/config"
)

const (
	// endWithin is how long requests and streams may take to end when the
	// host stops.
	endWithin = 5 * time.Second
	// afterTurns is how much longer than the longest turn the end of all
	// turns is waited for.
	afterTurns = time.Second
)

// turnsWithin is how long the turns that bots are at may take, all together.
func turnsWithin(cfg *config.Config) time.Duration {
	var longest time.Duration
	for _, b := range cfg.Bots {
		longest = max(longest, b.TurnDeadline)
	}
	return longest + afterTurns
}

// Hurry has a stop wait for nothing any more: turns are cut off, to be put
// again by the next run, and bots are killed. Idempotent, and safe for
// concurrent use.
func (h *Host) Hurry() { h.hurry() }

// drain is the first part of a stop. From now on the host is not ready, and
// begins no conversations; for a while it goes on with all others, until
// everybody knows. Then no turn begins, and those that bots are at come to
// their end. Customers are served up to then, so that they see the answer.
//
// What follows in Run: streams get their good-bye and requests end, then the
// engine, the bots, and the store. Failed ends when there is nothing to wait
// for.
func (h *Host) drain(failed context.Context) {
	h.mu.Lock()
	h.ending = true
	cfg := h.cfg
	h.mu.Unlock()
	h.directline.Drain(cfg.Drain)
	h.log.Info("stopping; once more, and nothing is waited for", "drain", cfg.Drain)
	defer context.AfterFunc(failed, h.hurry)()

	noticed, cancel := context.WithTimeout(h.patient, cfg.Drain)
	<-noticed.Done()
	cancel()
	h.log.Info("no more turns begin; those that bots are at come to their end")
	turns, cancel := context.WithTimeout(h.patient, turnsWithin(cfg))
	defer cancel()
	if err := h.engine.Drain(turns); err != nil {
		h.log.Warn("turns are cut off, and put again by the next run", "err", err)
	}
}

// closeSides says good-bye on the streams, and lets requests end.
func (h *Host) closeSides() {
	h.mu.Lock()
	h.ending = true
	h.mu.Unlock()
	end, cancel := context.WithTimeout(h.patient, endWithin)
	defer cancel()
	_ = h.directline.Shutdown(end) // streams that do not end are closed
	h.front.end(end)
	h.ops.end(end)
}

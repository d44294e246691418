package bridge

import (
	"sync/atomic"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// counters count what the engine does, since it was made.
type counters struct {
	entries, turns, failed, stale, handoffs, returns, handbacks, failbacks, parked, deskErrors, erased atomic.Int64
}

// Stats are counts since the engine was made.
type Stats struct {
	// Entries added to journals, and Turns put to bots.
	Entries, Turns int64
	// FailedTurns that ended badly; StaleReplies that came too late.
	FailedTurns, StaleReplies int64
	// Handoffs to the queue; Returns to it without one, as the customer's or
	// the desk's doing; Handbacks after the agents of either.
	Handoffs, Returns, Handbacks int64
	// Failbacks from the queue to a bot whose failure had led there.
	Failbacks int64
	// ParkedEvents that had to wait for their ticket; DeskErrors of calls.
	ParkedEvents, DeskErrors int64
	// Erased conversations.
	Erased int64
}

// Stats are counts since the engine was made.
func (e *Engine) Stats() Stats {
	s := &e.stats
	return Stats{
		Entries: s.entries.Load(), Turns: s.turns.Load(),
		FailedTurns: s.failed.Load(), StaleReplies: s.stale.Load(),
		Handoffs: s.handoffs.Load(), Returns: s.returns.Load(), Handbacks: s.handbacks.Load(), Failbacks: s.failbacks.Load(),
		ParkedEvents: s.parked.Load(), DeskErrors: s.deskErrors.Load(), Erased: s.erased.Load(),
	}
}

func (s *counters) count(entries []lifecycle.Entry) {
	s.entries.Add(int64(len(entries)))
	for _, e := range entries {
		switch e.Kind {
		case lifecycle.EntryFailed:
			s.failed.Add(1)
		case lifecycle.EntryStale:
			s.stale.Add(1)
		case lifecycle.EntryHandoff:
			s.handoffs.Add(1)
		case lifecycle.EntryReturn:
			s.returns.Add(1)
		case lifecycle.EntryStatus:
			switch e.Status {
			case lifecycle.StatusRequested: // a return that began before the agents' end was known
				s.returns.Add(1)
			case lifecycle.StatusWithdrawn:
				s.failbacks.Add(1)
			}
		case lifecycle.EntryHandback:
			s.handbacks.Add(1)
		}
	}
}

package bridge

import (
	"errors"
	"fmt"
	"slices"
)

// answer gives each delivery its receipt.
func (k *keeper) answer(batch []*delivery, receipts []receipt) {
	for i, d := range batch {
		if d.done != nil {
			d.done <- receipts[i]
		} else if err := receipts[i].err; err != nil {
			k.e.log.Error("event without effect", "conversation", k.id, "event", d.event.Kind, "err", err)
		}
	}
}

// refuse answers deliveries whose commit is not known to be durable. What
// comes from inside the host is kept, in front of all that comes later; the rest
// its sender sends again. After a while the conversation is looked at again, for
// the commit may be durable after all. A conversation that cannot be read rests:
// to try again at once helps nobody.
func (k *keeper) refuse(batch []*delivery, err error) {
	refusal, again := fmt.Errorf("%w: %w", ErrUnavailable, err), retryAfter
	if errors.Is(err, ErrUnreadable) {
		refusal, again = err, restFor
		if !k.rests {
			k.rests = true
			k.e.log.Error("the conversation rests", "conversation", k.id, "err", err)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, d := range batch {
		switch {
		case d.done != nil:
			d.done <- receipt{err: refusal}
		case !d.tick:
			k.kept = append(k.kept, d)
		}
	}
	if !k.waits {
		k.waits = true
		k.e.clock.AfterFunc(again, k.tryAgain)
	}
}

// tryAgain lets the conversation go on after a commit that was refused, as the
// store has it: not as long as nothing can be written, for until then the store
// may not say what it has kept.
func (k *keeper) tryAgain() {
	k.mu.Lock()
	k.waits = len(k.kept) == 0 && k.e.commit.failing.Load() && k.e.ctx.Err() == nil
	waits := k.waits
	k.known = false
	k.mu.Unlock()
	if waits {
		k.e.clock.AfterFunc(retryAfter, k.tryAgain)
		return
	}
	k.e.wake(k.id)
}

// withoutRepeated answers the deliveries that were taken in before, and leaves
// the others.
func (k *keeper) withoutRepeated(batch []*delivery, events []string) []*delivery {
	return slices.DeleteFunc(batch, func(d *delivery) bool {
		if d.event.ID == "" || d.parked != 0 || !slices.Contains(events, d.event.ID) {
			return false
		}
		if d.done != nil {
			d.done <- receipt{number: k.find(d.event.ID)}
		}
		return true
	})
}

// errBound: the ticket of an event is another conversation's.
var errBound = errors.New("the ticket belongs to another conversation")

// withoutBound answers the deliveries with tickets of other conversations, and
// leaves the others.
func (k *keeper) withoutBound(batch []*delivery, tickets []Ticket) []*delivery {
	return slices.DeleteFunc(batch, func(d *delivery) bool {
		i := slices.IndexFunc(tickets, func(t Ticket) bool { return t.ID == d.event.Ticket })
		if i < 0 {
			return false
		}
		if of, err := k.e.cfg.Store.Ticket(k.e.ctx, tickets[i].Desk, tickets[i].ID); err == nil && of == k.id {
			return false
		}
		k.e.log.Error("event without effect", "conversation", k.id, "event", d.event.Kind, "err", errBound)
		if d.done != nil {
			d.done <- receipt{err: errBound}
		}
		return true
	})
}

// find is the number of the entry that an event has left; 0: it is too far
// back to look for.
func (k *keeper) find(event string) int64 {
	entries, err := k.e.cfg.Store.Last(k.e.ctx, k.id, 0, 1000)
	if err != nil {
		return 0
	}
	return numberOf(event, entries)
}

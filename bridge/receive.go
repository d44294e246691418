package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// delivery is an event on its way to the conversation that it is for.
type delivery struct {
	event lifecycle.Event
	// parked is the row to remove with the event; 0: it was not parked.
	parked int64
	// tick: no event, only see whether there is something to do.
	tick bool
	// erase: no event, but the conversation's end.
	erase *erasure
	// flight is the turn that the event comes from; nil: another source.
	flight *flight
	// done gets one receipt. Nil: nobody waits, and the delivery is put
	// again until it is durable.
	done chan receipt
}

// receipt is what became of a delivery.
type receipt struct {
	// number of the entry that holds the event; 0: none.
	number int64
	err    error
}

// Receive takes an event in, once: when it returns nil the event and all that
// follows from it are durable. A repeated event id changes nothing and is no
// error. The answer is the number of the journal entry that holds the event;
// 0: it was parked, until its ticket is bound, or it is a repeat of long ago.
//
// An event is for the conversation that it names, or for the one that its
// ticket is bound to. EventStarted and EventSaid begin a conversation if the
// one they name does not exist; for other kinds that is [ErrNotFound]. On a
// line of the desk's own an unknown ticket begins a conversation.
// [ErrUnavailable] means that the sender must send it again.
func (e *Engine) Receive(ctx context.Context, ev lifecycle.Event) (int64, error) {
	if ev.At.IsZero() {
		ev.At = e.now()
	}
	id := ev.Conversation
	if id == "" {
		id = ev.Marker.Conversation
	}
	if id == "" {
		found, err := e.bound(ctx, Ticket{ev.Desk, ev.Ticket})
		switch {
		case errors.Is(err, ErrNotFound) && arrives(e.settings().Channels[ev.Channel], ev):
			found = bot.ConversationID("8x8~" + ev.Desk + "~" + ev.Ticket)
		case errors.Is(err, ErrNotFound):
			return e.park(ctx, ev)
		case err != nil:
			return 0, fmt.Errorf("%w: find ticket: %w", ErrUnavailable, err)
		}
		id = found
	}
	return e.deliver(ctx, id, ev)
}

// deliver hands an event to its conversation and waits for the receipt.
func (e *Engine) deliver(ctx context.Context, id bot.ConversationID, ev lifecycle.Event) (int64, error) {
	d := &delivery{event: ev, done: make(chan receipt, 1)}
	if !e.loaded.post(id, d) {
		return 0, fmt.Errorf("%w: the host is stopping", ErrUnavailable)
	}
	select {
	case r := <-d.done:
		return r.number, r.err
	case <-ctx.Done():
		return 0, fmt.Errorf("%w: %w", ErrUnavailable, context.Cause(ctx))
	case <-e.ctx.Done():
		return 0, fmt.Errorf("%w: the host is stopping", ErrUnavailable)
	}
}

// park keeps an event whose ticket is not bound yet: a webhook may overtake
// the answer to the create.
func (e *Engine) park(ctx context.Context, ev lifecycle.Event) (int64, error) {
	err := e.commit.do(ctx, Commit{Park: &ev, Events: idsOf(ev)})
	if bound, ok := errors.AsType[*BoundError](err); ok {
		return e.deliver(ctx, bound.Conversation, ev)
	}
	if _, repeated := errors.AsType[*RepeatedError](err); repeated || err == nil {
		e.stats.parked.Add(1)
		return 0, nil
	}
	return 0, fmt.Errorf("%w: park event: %w", ErrUnavailable, err)
}

// unpark hands over the events that have waited for a ticket.
func (e *Engine) unpark(id bot.ConversationID, t Ticket) {
	parked, err := e.cfg.Store.Parked(e.ctx, t.Desk, t.ID)
	if err != nil {
		e.log.Error("read parked events", "conversation", id, "err", err)
		e.clock.AfterFunc(time.Second, func() { e.unpark(id, t) })
		return
	}
	var ds []*delivery
	for _, p := range parked {
		ds = append(ds, &delivery{event: p.Event, parked: p.ID})
	}
	e.loaded.post(id, ds...)
}

// bound finds the conversation that a ticket is bound to.
func (e *Engine) bound(ctx context.Context, t Ticket) (bot.ConversationID, error) {
	if id, ok := e.index.get(t); ok {
		return id, nil
	}
	id, err := e.cfg.Store.Ticket(ctx, t.Desk, t.ID)
	if err == nil {
		e.index.put(t, id)
	}
	return id, err
}

// wake looks at a conversation whose timer is due.
func (e *Engine) wake(id bot.ConversationID) {
	e.loaded.post(id, &delivery{tick: true})
}

// now is the time that events are stamped with.
func (e *Engine) now() time.Time { return e.clock.Now().UTC().Truncate(time.Microsecond) }

// idsOf is the event's id, as a commit takes it.
func idsOf(ev lifecycle.Event) []string {
	if ev.ID == "" {
		return nil
	}
	return []string{ev.ID}
}

// begins reports whether the event may begin a conversation.
func begins(ch lifecycle.Channel, ev lifecycle.Event) bool {
	return ev.Kind == lifecycle.EventStarted || ev.Kind == lifecycle.EventSaid || arrives(ch, ev)
}

// arrives reports whether the event may be the first of a customer who comes
// by a line of the desk's own.
func arrives(ch lifecycle.Channel, ev lifecycle.Event) bool {
	return ch.DeskLine && ev.Ticket != "" && ev.Kind != lifecycle.EventNoted
}

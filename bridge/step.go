package bridge

import (
	"errors"
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// retryAfter is how long a conversation waits after a commit that failed, before
// it is tried again for what comes from inside the host.
const retryAfter = 200 * time.Millisecond

// restFor is how long a conversation rests that cannot be read, before it is
// tried again for what comes from inside the host.
const restFor = time.Minute

// handle takes a batch of mail in: steps, commits, answers, and lets the
// lanes begin what follows.
func (k *keeper) handle(batch []*delivery) {
	k.mu.Lock()
	if len(k.kept) > 0 {
		batch, k.kept = append(k.kept, batch...), nil
	}
	k.mu.Unlock()
	for len(batch) > 0 {
		if err := k.load(); err != nil {
			k.refuse(batch, err)
			return
		}
		r := k.step(batch)
		if len(r.commit.Entries) == 0 {
			k.answer(batch, r.receipt)
			k.begin(r.commit.Conversation)
			return
		}
		faultpoint.Hit(faultpoint.Journal)
		// The bot may think while the commit is under way: nothing that it
		// says leaves before, for it comes back through this mailbox. Not
		// while nothing can be written: each repetition would be a turn.
		if r.mayPutEarly() && !k.cuts(r.commit.Conversation) && !k.e.commit.failing.Load() {
			k.turnLane(r.commit.Conversation, r.tail)
		}
		err := k.e.commit.do(k.e.ctx, r.commit)
		if err != nil {
			k.abandon(r.commit.Events)
		}
		repeated, isRepeated := errors.AsType[*RepeatedError](err)
		_, isBound := errors.AsType[*BoundError](err)
		switch {
		case err == nil:
			k.committed(r)
			faultpoint.Hit(faultpoint.BeforeAnswer)
			k.answer(batch, r.receipt)
			return
		case isRepeated:
			batch = k.withoutRepeated(batch, repeated.Events)
		case isBound:
			batch = k.withoutBound(batch, r.commit.Bind)
		default:
			k.mu.Lock()
			k.known = false
			k.mu.Unlock()
			k.refuse(batch, err)
			return
		}
	}
}

// step takes a batch through the rules.
func (k *keeper) step(batch []*delivery) *round {
	k.mu.Lock()
	c, tail := k.state, k.tail
	k.mu.Unlock()
	r := &round{ids: map[string]int64{}, receipt: make([]receipt, len(batch)), tail: tail}
	r.commit.Expected = c.Number
	for i, d := range batch {
		ev := d.event
		if d.flight != nil && d.flight.abandoned {
			continue
		}
		if d.tick {
			c = k.tick(c, r)
			continue
		}
		if n, ok := r.known(ev, tail); ok {
			r.receipt[i].number = n
			continue
		}
		ch, err := k.channel(c, ev)
		if err == nil && c.Number == 0 && !begins(ch, ev) {
			err = ErrNotFound
		}
		if err != nil {
			r.receipt[i].err = err
			if d.flight != nil { // the turn is put again when the channel is back
				d.flight.abandoned = true
				d.flight.cancel()
			}
			continue
		}
		if c.Number == 0 {
			c.ID, c.Channel = k.id, ch.Name
		}
		ev.Pending, ev.Alone = k.pending(c, tail, r), ev.Kind == lifecycle.EventSaid && k.e.early.has(ev)
		next, entries := lifecycle.Step(ch, c, ev)
		if len(entries) == 0 {
			continue
		}
		r.causes(c, next, ev)
		c, r.receipt[i].number = next, numberOf(ev.ID, entries)
		r.take(d, entries, ch.Desk)
	}
	r.commit.Conversation = c
	r.commit.Cursors = k.cursorsAfter(r.commit)
	r.tail = append(tail, r.commit.Entries...)
	return r
}

// tick steps the timers that are due.
func (k *keeper) tick(c lifecycle.Conversation, r *round) lifecycle.Conversation {
	now := k.e.now()
	for _, timer := range slices.Clone(c.Timers) {
		if timer.At.After(k.e.clock.Now()) { // to the nanosecond, as its alarm is set
			continue
		}
		ch, err := k.channel(c, lifecycle.Event{})
		if err != nil {
			return c
		}
		ev := lifecycle.Event{Kind: lifecycle.EventDue, Timer: timer, At: now, Pending: k.pending(c, r.tail, r)}
		next, entries := lifecycle.Step(ch, c, ev)
		if len(entries) > 0 {
			r.causes(c, next, ev)
			c = next
			r.take(&delivery{}, entries, ch.Desk)
		}
	}
	return c
}

// pending is the first entry with the customer's words that neither the desk is
// known to have nor a bot has heard; 0: there is none, or nobody asks.
func (k *keeper) pending(c lifecycle.Conversation, tail []lifecycle.Entry, r *round) int64 {
	if c.Holder != lifecycle.Agent && c.Holder != lifecycle.Queue {
		return 0
	}
	k.mu.Lock()
	from := max(k.cursors.Desk, c.Heard) + 1
	k.mu.Unlock()
	unsent, err := k.entries(k.e.ctx, tail, from, c.Number)
	if err != nil { // then what is in memory has to do
		k.e.log.Error("look for what agents have not seen", "conversation", k.id, "err", err)
		unsent = between(tail, from, c.Number)
	}
	for _, entries := range [][]lifecycle.Entry{unsent, between(r.commit.Entries, from, c.Number)} {
		for _, e := range entries {
			if e.Said() && e.Author == bot.AuthorCustomer && e.To.Has(lifecycle.ToDesk) {
				return e.Number
			}
		}
	}
	return 0
}

// committed takes over what is durable now.
func (k *keeper) committed(r *round) {
	c := r.commit.Conversation
	k.mu.Lock()
	k.state = c
	k.tail = r.tail
	if over := len(k.tail) - keepEntries; over > keepEntries/2 {
		k.tail = slices.Clone(k.tail[over:])
	}
	for _, entry := range r.commit.Entries {
		if entry.To.Has(lifecycle.ToDesk) {
			k.desk.last = entry.Number
		}
	}
	if k.desk.last <= k.cursors.Desk {
		k.cursors.Desk = c.Number
	}
	k.mu.Unlock()
	for _, t := range r.commit.Bind {
		k.e.index.put(t, k.id)
		k.e.unpark(k.id, t)
	}
	k.e.stats.count(r.commit.Entries)
	k.report(r.commit.Entries)
	k.e.fetchAhead(c, r.commit.Entries)
	k.begin(c)
}

// begin lets the lanes and the timers see the conversation as it stands.
func (k *keeper) begin(c lifecycle.Conversation) {
	if c.Number == 0 {
		return
	}
	if line := k.e.settings().Lines[c.Channel]; line != nil {
		line.Wake(k.id, c.Number)
	}
	ch, err := k.channel(c, lifecycle.Event{})
	if err != nil {
		// It rests as it is until the channel is configured again: a timer
		// that is due could not be stepped, and would be due again at once.
		k.e.log.Error("the conversation rests", "conversation", k.id, "err", err)
		return
	}
	k.turnLane(c, k.tail)
	k.deskLane()
	k.observeLane(ch)
	k.e.alarms.at(k.id, c.Due())
}

// cursorsAfter are the cursors to commit along: with nothing left for the
// desk the lane is at the journal's end.
func (k *keeper) cursorsAfter(commit Commit) Cursors {
	k.mu.Lock()
	defer k.mu.Unlock()
	cursors := k.cursors
	if k.desk.last <= cursors.Desk && !slices.ContainsFunc(commit.Entries, func(e lifecycle.Entry) bool {
		return e.To.Has(lifecycle.ToDesk)
	}) {
		cursors.Desk = commit.Conversation.Number
	}
	return cursors
}

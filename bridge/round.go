package bridge

import (
	"slices"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// round is one commit in the making: a batch of mail, stepped through.
type round struct {
	commit  Commit
	receipt []receipt // one for each delivery of the batch
	ids     map[string]int64
	// tail is the journal's end as it will be.
	tail []lifecycle.Entry
	// late are the turns that are not put before they are durable.
	late []bot.TurnID
}

// causes takes note of the turns that an event without an id has led to. Nobody
// sends it again if the commit fails: what happens in its place may lead to
// another turn about the same messages.
func (r *round) causes(before, after lifecycle.Conversation, ev lifecycle.Event) {
	if ev.ID != "" {
		return
	}
	for _, t := range after.Turns {
		if !slices.ContainsFunc(before.Turns, func(o lifecycle.Turn) bool { return o.ID == t.ID }) {
			r.late = append(r.late, t.ID)
		}
	}
}

// mayPutEarly reports whether the turn that is next may be put to the bot while
// the commit is under way. If the commit fails, each of its messages comes again
// for a turn of its own: it must not have been put as part of a burst.
func (r *round) mayPutEarly() bool {
	turns := r.commit.Conversation.Turns
	if len(turns) == 0 {
		return true
	}
	burst := turns[0].From < turns[0].Through && turns[0].Through > r.commit.Expected
	return !burst && !slices.Contains(r.late, turns[0].ID)
}

// known reports whether the event has been taken in lately, and by which entry.
func (r *round) known(ev lifecycle.Event, tail []lifecycle.Entry) (int64, bool) {
	if ev.ID == "" {
		n := numberOfBots(ev, tail)
		return n, n > 0
	}
	if n, ok := r.ids[ev.ID]; ok {
		return n, true
	}
	n := numberOf(ev.ID, tail)
	return n, n > 0
}

// numberOf is the entry that holds an event: what the customer said, if that
// is it, or else the first that it has left. 0: none of these.
func numberOf(event string, entries []lifecycle.Entry) (first int64) {
	for i := range entries {
		switch e := &entries[i]; {
		case e.Event != event:
		case e.Said() && e.Author == bot.AuthorCustomer:
			return e.Number
		case first == 0:
			first = e.Number
		}
	}
	return first
}

// numberOfBots is the entry with what a bot said, or with its turn's end: kept
// after a commit that failed, it may be there all the same. 0: none of these.
func numberOfBots(ev lifecycle.Event, entries []lifecycle.Entry) int64 {
	var kind lifecycle.EntryKind
	switch ev.Kind {
	case lifecycle.EventBotSaid:
		kind = lifecycle.EntrySaid
	case lifecycle.EventBotDone:
		kind = lifecycle.EntryDone
	default:
		return 0
	}
	for i := range entries {
		e := &entries[i]
		if e.Kind == kind && e.Turn == ev.Turn && e.Epoch == ev.Epoch && e.Attempt == ev.Attempt && e.Seq == ev.Seq {
			return e.Number
		}
	}
	return 0
}

// take adds what a delivery has led to.
func (r *round) take(d *delivery, entries []lifecycle.Entry, desk string) {
	r.commit.Entries = append(r.commit.Entries, entries...)
	switch {
	case d.parked != 0:
		r.commit.Unpark = append(r.commit.Unpark, d.parked)
	case d.event.ID != "":
		r.commit.Events = append(r.commit.Events, d.event.ID)
	}
	if d.event.ID != "" {
		r.ids[d.event.ID] = numberOf(d.event.ID, entries)
	}
	for _, entry := range entries {
		if entry.Kind == lifecycle.EntryOpened {
			r.commit.Bind = append(r.commit.Bind, Ticket{desk, entry.Ticket})
		}
	}
}

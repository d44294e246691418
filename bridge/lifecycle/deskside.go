package lifecycle

import (
	"slices"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// ours reports whether the event is of the current ticket. Events of an older
// ticket never change the holder.
func (s *step) ours() bool {
	return s.ev.Ticket != "" && s.ev.Ticket == s.c.Desk.Ticket
}

// takes reports whether an event of the current ticket may take the
// conversation from bot or nobody: it must be newer than all that is known.
func (s *step) takes() bool {
	return !s.c.Desk.Left && s.ev.DeskTime.After(s.c.Desk.Newest)
}

// opened binds a ticket to the handoff that it was opened for: by the answer
// to the create, by its marker in a webhook, or by reading back.
func (s *step) opened() {
	d := &s.c.Desk
	handoff := s.ev.Entry
	if s.ev.Kind == EventTicket {
		handoff = s.ev.Marker.Entry
	}
	switch {
	case s.ch.DeskLine:
		s.assigned(handoff)
	case handoff == 0, s.ev.Ticket == "", d.Ticket == s.ev.Ticket && d.Marker == handoff:
		s.note()
	case d.Opening == handoff:
		d.Ticket, d.Marker, d.Opening = s.ev.Ticket, handoff, 0
		d.Open, d.Left = true, false
		s.add(Entry{Kind: EntryOpened, Ticket: s.ev.Ticket, Of: handoff})
	default: // a second ticket of one handoff, or a handoff given up meanwhile
		s.add(Entry{Kind: EntryOpened, Ticket: s.ev.Ticket, Of: handoff, Detail: "not wanted"})
		s.add(Entry{Kind: EntryLeave, To: ToDesk, Ticket: s.ev.Ticket})
	}
}

// delayed tells the customer, once, that the handoff takes longer.
func (s *step) delayed() {
	d := &s.c.Desk
	if d.Opening == 0 || d.Opening != s.ev.Entry || d.Delayed {
		return
	}
	d.Delayed = true
	s.add(Entry{Kind: EntryStatus, To: ToCustomer, Status: StatusDelayed, Of: s.ev.Entry, Detail: s.ev.Detail})
	s.tell(StatusDelayed)
}

// refused is the desk saying no: to a handoff, then the bot is told; to
// anything else, then it is kept for the operator.
func (s *step) refused() {
	if s.c.Desk.Opening == 0 || s.c.Desk.Opening != s.ev.Entry {
		s.c.Desk.HandBackRefused = s.c.Desk.HandBackRefused || s.ev.Refuses == EntryGiveBack
		if s.ev.Refuses == EntrySaid && s.ev.Turn != "" {
			s.deliver(bot.DeliveryUndeliverable, s.ev.Detail)
		}
		s.note()
		return
	}
	s.c.Desk.Opening = 0
	s.giveUp(bot.HandoffRefused, StatusRefused, s.ev.Detail)
}

// queued is the ticket waiting in a queue.
func (s *step) queued() {
	d := &s.c.Desk
	if !s.ours() || s.ev.DeskTime.Before(d.Newest) {
		s.note()
		return
	}
	switch s.c.Holder {
	case Bot, Nobody:
		if !s.takes() {
			s.note()
			return
		}
		s.take(Queue, "queued by the desk")
		d.Open = true
		s.awaitAgent()
	case Agent:
		if slices.ContainsFunc(d.Members, func(m Member) bool { return m.Present && !s.ev.DeskTime.After(m.At) }) {
			s.note()
			return
		}
		s.hold(Queue, "queued by the desk")
		s.reopen()
		s.awaitAgent()
	}
	if s.ch.DeskLine {
		s.stop(TimerNoAgent) // the ticket is in a queue: it is assigned
	}
	d.Queue, d.Newest, d.Queued = s.ev.Queue, s.ev.DeskTime, s.ev.DeskTime
	if sess := s.c.Session; sess != nil {
		next := *sess
		next.Queues = append(slices.Clone(sess.Queues), s.ev.Queue)
		s.c.Session = &next
	}
	s.add(Entry{Kind: EntryQueued, To: ToCustomer | ToObserver, Status: StatusQueued, Ticket: s.ev.Ticket, Detail: s.ev.Queue})
	s.tell(StatusQueued)
}

// reopen lets the desk lane go on after an agent's leaving turned out to be a
// transfer.
func (s *step) reopen() {
	s.stop(TimerGrace)
	s.c.Desk.Closed, s.c.Desk.Waiting = false, 0
}

// take is the desk taking a conversation that bot or nobody holds, which is a
// new agent session. Its agents are told what was said without them: nobody
// else hears it any more, the bot's turn being void.
func (s *step) take(h Holder, reason string) {
	s.hold(h, reason)
	to := ToDesk
	if s.ch.DeskLine {
		to = ToObserver // the ticket has it all
	}
	n := s.add(Entry{Kind: EntryReturn, To: to, Ticket: s.c.Desk.Ticket})
	s.c.Session = &Session{Handoff: n, HandedOffAt: s.ev.At, Reason: reason}
}

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

// joined is an agent joining.
func (s *step) joined() {
	if !s.ours() {
		s.note()
		return
	}
	d := &s.c.Desk
	takes := s.takes()
	i, fresh := s.member(true)
	if !fresh {
		s.joinedLate(d.Members[i])
		return
	}
	d.Newest = later(d.Newest, s.ev.DeskTime)
	if (s.c.Holder == Bot || s.c.Holder == Nobody) && !takes {
		s.note()
		return
	}
	d.Open = true
	if s.ch.DeskLine {
		d.Opening = 0 // an agent has the ticket: it is assigned
	}
	if s.c.Holder == Bot || s.c.Holder == Nobody {
		s.take(Agent, "agent joined")
	}
	s.met()
	s.hold(Agent, "agent joined")
	s.reopen()
	s.join()
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
	n := s.add(Entry{Kind: EntryReturn, To: to, Of: s.c.Desk.Told, Ticket: s.c.Desk.Ticket})
	s.c.Session = &Session{Handoff: n, HandedOffAt: s.ev.At, Reason: reason}
}

// join tells of an agent's joining. On a line of the desk's own the desk is
// asked at once to give the conversation back after the agent.
func (s *step) join() {
	s.add(Entry{
		Kind: EntryJoined, To: ToCustomer | ToObserver, Status: StatusJoined, Ticket: s.ev.Ticket,
		Author: bot.AuthorAgent, AuthorID: s.ev.Agent.ID, Name: s.ev.Agent.Name,
	})
	s.tell(StatusJoined)
	if s.ch.DeskLine && s.ch.AfterAgent == Bot {
		if s.c.Desk.HandBackRefused = !s.ch.DeskCan.HandBack; s.ch.DeskCan.HandBack {
			s.add(Entry{Kind: EntryGiveBack, To: ToDesk, Ticket: s.ev.Ticket})
		}
	}
}

// joinedLate is a joining that arrives after the same agent's leaving. If
// nothing else has happened to the ticket since, the agents are done.
func (s *step) joinedLate(m Member) {
	if s.c.Holder != Queue || m.Present || m.At.Before(s.c.Desk.Queued) || s.c.Desk.Opening != 0 {
		s.note()
		return
	}
	s.met()
	s.hold(Agent, "agent joined")
	s.join()
	s.alone()
}

// met keeps that an agent takes part.
func (s *step) met() {
	s.c.Desk.Met = true
	s.stop(TimerNoAgent)
	if s.c.Session == nil {
		s.c.Session = &Session{Handoff: s.c.Number, HandedOffAt: s.ev.At}
	}
	sess := *s.c.Session
	if sess.JoinedAt.IsZero() {
		sess.JoinedAt = s.ev.At
	}
	if !slices.ContainsFunc(sess.Agents, func(a bot.Agent) bool { return a.ID == s.ev.Agent.ID }) {
		sess.Agents = append(slices.Clone(sess.Agents), s.ev.Agent)
	}
	s.c.Session = &sess
}

// member applies a joining or leaving to the set of agents. Not fresh: a newer
// event of that agent has been applied already.
func (s *step) member(present bool) (index int, fresh bool) {
	members := slices.Clone(s.c.Desk.Members)
	i := slices.IndexFunc(members, func(m Member) bool { return m.ID == s.ev.Agent.ID })
	if i < 0 {
		members = append(members, Member{Agent: s.ev.Agent})
		i = len(members) - 1
	} else if s.ev.DeskTime.Before(members[i].At) ||
		(s.ev.DeskTime.Equal(members[i].At) && members[i].Present == present) {
		if present { // a transfer from before that is old, too
			members[i].Joined = later(members[i].Joined, s.ev.DeskTime)
			s.c.Desk.Members = members
		}
		return i, false
	}
	members[i].Present, members[i].At = present, s.ev.DeskTime
	if present {
		members[i].Joined = s.ev.DeskTime
	}
	if s.ev.Agent.Name != "" {
		members[i].Name = s.ev.Agent.Name
	}
	s.c.Desk.Members = members
	return i, true
}

// agentLeft is an agent leaving; with the last one gone, a transfer may follow.
func (s *step) agentLeft() {
	if !s.ours() {
		s.note()
		return
	}
	there := slices.ContainsFunc(s.c.Desk.Members, func(m Member) bool { return m.Present && m.ID == s.ev.Agent.ID })
	if _, fresh := s.member(false); !fresh {
		s.note()
		return
	}
	s.c.Desk.Newest = later(s.c.Desk.Newest, s.ev.DeskTime)
	to := ToCustomer | ToObserver
	if s.c.Desk.Left || !there {
		to = ToObserver // we have left ourselves, or nobody was there: no news for the customer
	}
	s.add(Entry{
		Kind: EntryAgentLeft, To: to, Status: StatusAgentLeft, Ticket: s.ev.Ticket,
		Author: bot.AuthorAgent, AuthorID: s.ev.Agent.ID, Name: s.agentName(),
	})
	if to.Has(ToCustomer) {
		s.tell(StatusAgentLeft)
	}
	if s.c.Holder == Agent && !slices.ContainsFunc(s.c.Desk.Members, func(m Member) bool { return m.Present }) {
		s.alone()
	}
}

// alone closes the desk lane and waits for a transfer to follow.
func (s *step) alone() {
	if s.ch.TransferGrace <= 0 {
		s.handback(bot.EndAgentLeft)
		return
	}
	s.c.Desk.Closed = true
	s.timer(TimerGrace, s.ch.TransferGrace)
}

// agentSaid is an agent speaking: the words reach the customer whoever holds.
func (s *step) agentSaid() {
	if s.ours() && s.c.Failovers > 0 {
		s.c.Failovers = 0
		if s.c.Holder == Queue { // the wait may have been for ever
			s.awaitAgent()
		}
	}
	to, message, lost := ToCustomer|ToObserver, s.ev.Message, ""
	if s.ch.DeskLine {
		to = ToObserver // the customer has heard already
	} else if message != nil {
		said, what := degrade(*message, s.ch.LineCan)
		message, lost = &said, what
	}
	s.add(Entry{
		Kind: EntrySaid, To: to, Ticket: s.ev.Ticket,
		Author: bot.AuthorAgent, AuthorID: s.ev.Agent.ID, Name: s.agentName(), Message: message, Detail: lost,
	})
}

// agentName is the name of the agent who acts, where any event has told it.
func (s *step) agentName() string {
	if s.ev.Agent.Name != "" {
		return s.ev.Agent.Name
	}
	for _, m := range s.c.Desk.Members {
		if m.ID == s.ev.Agent.ID {
			return m.Name
		}
	}
	return ""
}

// transferred is the agent passing the conversation on, in either order with
// that agent's leaving. If somebody has joined since, even if nobody of them
// is left, the ticket was passed on and taken: that is known already.
func (s *step) transferred() {
	d := &s.c.Desk
	stale := slices.ContainsFunc(d.Members, func(m Member) bool { return s.ev.DeskTime.Before(m.Joined) })
	if !s.ours() || stale || (s.c.Holder != Agent && s.c.Holder != Queue) {
		s.note()
		return
	}
	d.Newest, d.Queued = later(d.Newest, s.ev.DeskTime), later(d.Queued, s.ev.DeskTime)
	if s.c.Holder == Agent {
		s.hold(Queue, "transferred by the agent")
		s.reopen()
		s.awaitAgent()
	}
	s.add(Entry{Kind: EntryTransferred, To: ToCustomer | ToObserver, Status: StatusTransferred, Ticket: s.ev.Ticket})
	s.tell(StatusTransferred)
}

package lifecycle

import (
	"slices"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

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

package lifecycle

import (
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// handoff gives the conversation to a queue: a new ticket with the whole
// history up to the handoff's entry. It reports false, with the reason, if
// the channel does not take it now; nothing has changed then.
func (s *step) handoff(h bot.Handoff) (refusal string) {
	name := h.Target
	if name == "" {
		name = DefaultTarget
	}
	target, ok := s.ch.Targets[name]
	switch {
	case !ok:
		return "the channel has no target " + name
	case !s.ch.Hours.Open(s.ev.At):
		return "outside opening hours"
	}
	reason := h.Reason
	if reason == "" {
		reason = "handed off by the bot"
	}
	properties, leftOut := s.fit(h)
	for _, what := range leftOut {
		s.deliver(bot.DeliveryDegraded, what)
	}
	s.hold(Queue, reason)
	s.tell(StatusRequested)
	n := s.add(Entry{
		Kind: EntryHandoff, To: ToDesk | ToCustomer | ToObserver, Status: StatusRequested, Detail: reason,
		Handoff: &Handoff{
			Target: name, Queue: target.Queue, Script: target.Script, DeskChannel: target.DeskChannel,
			Reason: h.Reason, Summary: h.Summary, Properties: properties, LeftOut: leftOut,
		},
	})
	s.c.Session = &Session{Handoff: n, HandedOffAt: s.ev.At, Reason: h.Reason, Target: name}
	if s.ch.DeskLine { // the ticket that the customer has brought changes its assignment
		s.c.Desk.Opening, s.c.Desk.Queue, s.c.Desk.Delayed = n, target.Queue, false
		s.timer(TimerNoAgent, assignWithin)
		return ""
	}
	if s.c.Files > 0 && s.ch.DeskCan.Attachments {
		s.add(Entry{Kind: EntryFiles, To: ToDesk, Of: n})
	}
	s.c.Desk = DeskSide{Opening: n, Skip: s.c.Desk.Skip, Queue: target.Queue, Met: s.c.Desk.Met}
	s.awaitAgent()
	return ""
}

// refuse tells bot and customer that a handoff is not taken. The bot goes on.
func (s *step) refuse(target, why string) {
	s.add(Entry{Kind: EntryStatus, To: ToCustomer, Status: StatusRefused, Detail: why})
	s.tell(StatusRefused)
	s.turn(Turn{Kind: TurnHandoffOutcome, Outcome: &bot.HandoffOutcome{
		Result: bot.HandoffRefused, Reason: why, Target: target,
	}})
}

// giveUp takes a conversation whose handoff has led to no agent back to the
// bot.
func (s *step) giveUp(result bot.HandoffResult, status Status, why string) {
	target := ""
	if s.c.Session != nil {
		target = s.c.Session.Target
	}
	s.endSession("")
	s.stop(TimerNoAgent)
	s.hold(Bot, why)
	s.add(Entry{Kind: EntryStatus, To: ToCustomer | ToObserver, Status: status, Detail: why})
	s.tell(status)
	s.leaveDesk()
	s.turn(Turn{Kind: TurnHandoffOutcome, Outcome: &bot.HandoffOutcome{Result: result, Reason: why, Target: target}})
}

// leaveDesk leaves the ticket's interaction, if one is open or may be. Desk
// sends that have not begun are dropped: the next handoff's history has them.
func (s *step) leaveDesk() {
	d := &s.c.Desk
	if s.ch.DeskLine { // the ticket is the customer's own
		d.Opening, d.Members = 0, nil
		d.Closed, d.Waiting = false, 0
		return
	}
	d.Skip = s.c.Number
	switch {
	case d.Opening != 0:
		s.add(Entry{Kind: EntryLeave, To: ToDesk, Of: d.Opening})
	case d.Open:
		s.add(Entry{Kind: EntryLeave, To: ToDesk, Ticket: d.Ticket})
	}
	d.Opening, d.Open, d.Left, d.Closed, d.Waiting = 0, false, true, false, 0
	d.Members = nil
}

// assignWithin is for how long the desk is asked to change the assignment of a
// customer's own ticket.
const assignWithin = 10 * time.Minute

// awaitAgent bounds the wait for an agent. A customer on a line of the desk's
// own cannot be taken out of its queue.
func (s *step) awaitAgent() {
	if s.ch.DeskLine {
		s.stop(TimerNoAgent)
		return
	}
	s.timer(TimerNoAgent, s.ch.NoAgentAfter)
}

// endSession closes the record of the agent session.
func (s *step) endSession(end bot.AgentSessionEnd) {
	if s.c.Session == nil {
		return
	}
	sess := *s.c.Session
	sess.EndedAt, sess.End, sess.Through = s.ev.At, end, s.c.Number
	s.c.Session = &sess
}

// handback is the agents being done: no transfer has followed the last one's
// leaving.
func (s *step) handback(end bot.AgentSessionEnd) {
	d := &s.c.Desk
	s.endSession(end)
	waiting := d.Waiting
	if p := s.ev.Pending; p > 0 && (waiting == 0 || p < waiting) {
		waiting = p // the agents have not seen it
	}
	d.Open, d.Closed, d.Waiting = false, false, 0
	if s.ch.AfterAgent == Nobody || d.HandBackRefused {
		s.hold(Nobody, "agent left")
		s.add(Entry{Kind: EntryHandback, To: ToCustomer | ToObserver, Status: StatusCompleted})
		if !s.ch.DeskLine { // whose ticket is over: said now, it would queue it again
			s.tell(StatusCompleted)
		}
		if waiting > 0 {
			s.unanswered(waiting)
		}
		d.Skip = max(d.Skip, s.skipTo(waiting))
		return
	}
	s.hold(Bot, "agent left")
	n := s.add(Entry{Kind: EntryHandback, To: ToCustomer | ToObserver, Status: StatusCompleted})
	s.tell(StatusCompleted)
	if s.c.Survey = s.ch.SurveyBot != ""; !s.ch.DeskLine {
		d.Skip = n
	}
	s.turn(Turn{Kind: TurnAgentSessionEnded, From: waiting, Through: n})
}

// unanswered treats what the customer said after the agents had left, from
// entry number from, as a return: it waits in the desk lane already, or it is
// put to the bot.
func (s *step) unanswered(from int64) {
	if s.ch.OnReturn == Queue && s.c.Desk.Met && s.takesReturns() {
		s.hold(Queue, "customer returned")
		s.c.Desk.Met, s.c.Desk.Open, s.c.Desk.Members = false, true, nil
		s.c.Session = &Session{Handoff: s.c.Number, HandedOffAt: s.ev.At, Reason: "customer returned"}
		s.add(Entry{Kind: EntryStatus, To: ToCustomer, Status: StatusRequested})
		if !s.ch.DeskLine {
			s.tell(StatusRequested)
		}
		s.awaitAgent()
		return
	}
	s.c.Desk.Met = false
	s.hold(Bot, "customer returned")
	s.turn(Turn{Kind: TurnMessages, From: from, Through: s.c.Number, Returned: true})
}

// skipTo is up to where the desk lane drops what it has not sent: nothing of
// what waits if the queue takes it, else all.
func (s *step) skipTo(waiting int64) int64 {
	if waiting > 0 && s.c.Holder == Queue {
		return waiting - 1
	}
	return s.c.Number
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

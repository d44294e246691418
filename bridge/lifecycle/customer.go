package lifecycle

import (
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// started begins a conversation; the bot greets if the channel says so.
func (s *step) started() {
	if s.c.Number > 0 {
		s.note()
		return
	}
	s.begin()
}

// begin is a conversation's first entry. The bot greets if the channel says so.
func (s *step) begin() {
	s.meet()
	if s.ch.Greet {
		s.hold(Bot, "conversation started")
	}
	n := s.add(Entry{Kind: EntryStarted, AuthorID: s.c.Customer.ID, Name: s.c.Customer.Name})
	if s.ch.Greet {
		s.turn(Turn{Kind: TurnStarted, From: n, Through: n})
	}
}

// meet takes over what the line tells about the customer.
func (s *step) meet() {
	if s.ev.Customer != nil {
		s.c.Customer = *s.ev.Customer
	}
	if s.ev.Language != "" {
		s.c.Language = s.ev.Language
	}
	if s.c.Language == "" {
		s.c.Language = s.ch.Language
	}
}

// said is something that the customer says or presses.
func (s *step) said() {
	s.meet()
	s.stop(TimerInactive)
	switch s.c.Holder {
	case Nobody:
		s.back()
	case Bot:
		s.hear(s.say(ToBot))
	case Queue:
		s.unheard(s.say(s.toAgent()))
		if s.ev.Message != nil && s.cancels(s.ev.Message.Text) {
			s.cancel()
		}
	case Agent:
		n := s.say(s.toAgent())
		if s.c.Desk.Closed && s.c.Desk.Waiting == 0 {
			s.c.Desk.Waiting = n
		}
	}
}

// toAgent is who hears the customer while queue or agent holds: on a line of
// the desk's own the agent has heard already.
func (s *step) toAgent() Lanes {
	if s.ch.DeskLine {
		return ToObserver
	}
	return ToDesk | ToObserver
}

// say adds the customer's words to the journal.
func (s *step) say(to Lanes) int64 {
	kind := EntrySaid
	if s.ev.Kind == EventActed {
		kind = EntryActed
	}
	return s.add(Entry{
		Kind: kind, To: to, Ticket: s.ev.Ticket, Author: bot.AuthorCustomer,
		AuthorID: s.c.Customer.ID, Name: s.c.Customer.Name,
		Message: s.ev.Message, Action: s.ev.Action, ClientID: s.ev.ClientID,
	})
}

// hear puts the customer's words, entry n, to the bot: with the burst that
// they belong to, or as a turn of their own. Where bursts are waited out no
// turn begins before its message is kept.
func (s *step) hear(n int64) {
	kind := TurnMessages
	if s.ev.Kind == EventActed {
		kind = TurnAction
	}
	if kind == TurnMessages { // the burst goes on, also while the bot is at an earlier turn
		s.timer(TimerDebounce, s.ch.Debounce)
	}
	alone := s.ev.Alone && s.ch.Debounce <= 0
	if last := len(s.c.Turns) - 1; kind == TurnMessages && last >= 0 && !alone {
		if t := s.c.Turns[last]; t.Kind == TurnMessages && !t.Ready && !t.Alone && t.Before+t.Attempt == 1 {
			s.c.Turns = slices.Clone(s.c.Turns)
			s.c.Turns[last].Through = n
			return
		}
	}
	s.turn(Turn{Kind: kind, From: n, Through: n, Alone: alone})
}

// back is a customer who says something while nobody holds the conversation:
// a new one, or one who returns.
func (s *step) back() {
	known := s.c.Epoch > 0
	if s.c.Desk.Met && s.c.Desk.Ticket != "" && s.ch.OnReturn == Queue && s.takesReturns() {
		s.requeue()
		s.say(s.toAgent())
		if !s.ch.DeskLine {
			s.tell(StatusRequested)
		}
		return
	}
	reason := "customer said something"
	if known {
		reason = "customer returned"
	}
	s.c.Desk.Met = false
	s.stop(TimerNoAgent)
	s.hold(Bot, reason)
	s.hear(s.say(ToBot))
	if len(s.c.Turns) > 0 {
		s.c.Turns[0].Returned = known
	}
}

// takesReturns reports whether a customer who returns can go to the queue now:
// within opening hours, unless the desk itself has done it.
func (s *step) takesReturns() bool { return s.ch.DeskLine || s.ch.Hours.Open(s.ev.At) }

// requeue takes a customer who had met an agent back to the old ticket: a
// message into it opens a new interaction in the queue it was last in
// (8x8's contract, lifecycle point 5). What was said since goes first.
func (s *step) requeue() {
	d := &s.c.Desk
	s.hold(Queue, "customer returned")
	d.Met, d.Open, d.Left, d.Closed, d.Waiting = false, true, false, false, 0
	d.Members = nil
	to := ToDesk | ToCustomer
	if s.ch.DeskLine {
		to = ToObserver // the desk has re-queued the ticket itself
	}
	n := s.add(Entry{Kind: EntryReturn, To: to, Ticket: d.Ticket, Status: StatusRequested})
	s.c.Session = &Session{Handoff: n, HandedOffAt: s.ev.At, Reason: "customer returned"}
	s.awaitAgent()
}

// cancels reports whether the text is one of the channel's cancel words.
func (s *step) cancels(text string) bool {
	return slices.Contains(s.ch.CancelWords, strings.ToLower(strings.TrimSpace(text)))
}

// cancel is a customer who does not want to wait any longer.
func (s *step) cancel() {
	if s.c.Holder != Queue || s.ch.DeskLine {
		return
	}
	s.giveUp(bot.HandoffCancelled, StatusCancelled, "customer cancelled")
}

// customerLeft ends the conversation from the customer's side. The bot is
// told and cannot answer.
func (s *step) customerLeft() {
	if s.c.Holder == Nobody {
		s.note()
		return
	}
	if sess := s.c.Session; sess != nil && sess.Through == 0 {
		s.endSession(bot.EndCustomerLeft)
	}
	atDesk := s.c.Holder == Queue || s.c.Holder == Agent
	s.c.Timers = nil
	s.hold(Nobody, "customer left")
	s.add(Entry{
		Kind: EntryLeft, To: ToObserver, Author: bot.AuthorCustomer,
		AuthorID: s.c.Customer.ID, Name: s.c.Customer.Name,
	})
	if atDesk {
		s.leaveDesk()
	}
	s.turn(Turn{Kind: TurnCustomerLeft})
}

package lifecycle

import (
	"slices"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// due is a timer of the conversation's. One that was stopped or set anew
// meanwhile leaves no trace.
func (s *step) due() {
	i := slices.IndexFunc(s.c.Timers, func(t Timer) bool {
		return t.Name == s.ev.Timer.Name && t.Bot == s.ev.Timer.Bot && t.At.Equal(s.ev.Timer.At)
	})
	if i < 0 {
		return
	}
	s.c.Timers = slices.Delete(slices.Clone(s.c.Timers), i, i+1)
	switch s.ev.Timer.Name {
	case TimerDebounce, TimerRetry:
		s.ready()
		s.add(Entry{Kind: EntryDue, Detail: string(s.ev.Timer.Name)})
	case TimerNoAgent:
		s.nobodyCame()
	case TimerGrace:
		s.handback(bot.EndAgentLeft)
	case TimerInactive:
		s.inactive()
	case TimerSilent:
		s.add(Entry{Kind: EntryLook, To: ToDesk, Ticket: s.c.Desk.Ticket})
	case TimerBot:
		s.add(Entry{Kind: EntryDue, Detail: "the bot's timer " + s.ev.Timer.Bot})
		if s.c.Holder == Bot {
			s.turn(Turn{Kind: TurnTimerDue, Timer: s.ev.Timer.Bot})
		}
	}
}

// maxFailovers is how often a failing bot gets the conversation back without
// an agent's word in between.
const maxFailovers = 2

// nobodyCame is the end of the wait for an agent.
func (s *step) nobodyCame() {
	if s.c.Holder != Queue {
		return
	}
	if slices.ContainsFunc(s.c.Desk.Members, func(m Member) bool { return m.Present }) {
		s.hold(Agent, "an agent is there") // the news of queue and agent came in a strange order
		s.c.Desk.Opening = 0               // then the customer's own ticket is assigned, too
		s.add(Entry{Kind: EntryDue, Detail: string(TimerNoAgent)})
		return
	}
	if s.ch.DeskLine {
		s.giveUp(bot.HandoffFailed, StatusFailed, "the desk does not take the assignment")
		return
	}
	if s.c.Failovers >= maxFailovers {
		s.add(Entry{Kind: EntryDue, Detail: "stays in the queue: the bot has failed again and again"})
		return
	}
	s.giveUp(bot.HandoffFailed, StatusFailed, "no agent came in time")
}

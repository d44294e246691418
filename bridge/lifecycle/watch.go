package lifecycle

import (
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// maxTurnsPerMinute is how many turns in a minute are taken for a
	// conversation; more are two machines talking to each other.
	maxTurnsPerMinute = 60
	// maxUnprompted is how many turns in a row may be caused by something
	// other than the customer.
	maxUnprompted = 20
)

// circles counts a turn, and reports whether the bot goes in circles: then it
// has failed, and no turn is put.
func (s *step) circles(kind TurnKind) bool {
	p := &s.c.Pace
	if s.ev.At.Sub(p.Since) >= time.Minute {
		p.Since, p.Turns = s.ev.At, 0
	}
	p.Turns++
	p.Unprompted++
	if kind == TurnMessages || kind == TurnAction {
		p.Unprompted = 0
	}
	if s.c.Holder != Bot || p.Turns <= maxTurnsPerMinute && p.Unprompted <= maxUnprompted {
		return false
	}
	*p = Pace{}
	s.add(Entry{Kind: EntryFailed, Author: bot.AuthorBot, Name: s.botName(), Detail: "the bot goes in circles"})
	s.failover("it goes in circles")
	return true
}

// inactive ends a conversation whose customer has been silent for too long.
func (s *step) inactive() {
	if s.c.Holder != Bot || len(s.c.Turns) > 0 {
		s.add(Entry{Kind: EntryDue, Detail: string(TimerInactive)})
		return
	}
	s.speak(TextInactive)
	s.end("the customer has been silent", nil)
}

// watchTicket sees to it that a ticket which queue or agent holds is looked at
// when nothing has been heard of it for a while.
func (s *step) watchTicket() {
	d := s.c.Desk
	held := (s.c.Holder == Queue || s.c.Holder == Agent) && d.Ticket != "" && d.Opening == 0
	switch {
	case !held:
		s.stop(TimerSilent)
	case s.ours(), !s.ticking(TimerSilent):
		s.timer(TimerSilent, s.ch.SilentTicket)
	}
}

// ticking reports whether a timer of a name is set.
func (s *step) ticking(name TimerName) bool {
	for _, t := range s.c.Timers {
		if t.Name == name {
			return true
		}
	}
	return false
}

// looked is how the ticket stands, after it had been silent. If it is over,
// its end has not been told, and it is treated as told now.
func (s *step) looked() {
	if !s.ours() || !s.ev.Over {
		s.note()
		return
	}
	d := &s.c.Desk
	if s.c.Holder != Agent && s.c.Holder != Queue || d.Opening != 0 { // read before a handoff that is under way
		s.note()
		return
	}
	s.stop(TimerGrace)
	s.stop(TimerNoAgent)
	switch {
	case s.ch.DeskLine: // what the bot said now would queue the customer's ticket again
		d.HandBackRefused, d.Members = true, nil
		s.handback(bot.EndClosed)
	case s.c.Holder == Agent:
		d.Members = nil
		s.handback(bot.EndClosed)
	default:
		d.Open = false
		s.giveUp(bot.HandoffFailed, StatusFailed, "the desk has closed the ticket")
	}
}

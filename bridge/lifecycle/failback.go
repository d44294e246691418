package lifecycle

import (
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// wordsIn is the number of the first entry whose customer's words turns carry;
// 0: they carry none.
func wordsIn(turns []Turn) int64 {
	for _, t := range turns {
		if carriesWords(t) {
			return t.From
		}
	}
	return 0
}

// mayFailBack keeps, of a failover to the queue, which bot's failure it was
// for, and from where on the customer's words are unanswered.
func (s *step) mayFailBack(name string, words int64) {
	if s.c.Holder != Queue || name != s.ch.Bot {
		return
	}
	sess := *s.c.Session
	sess.Failed, sess.Unheard = name, words
	s.c.Session = &sess
}

// unheard keeps that entry n are the customer's words, said in the queue, that
// the failed bot has not heard.
func (s *step) unheard(n int64) {
	if s.c.Session == nil || s.c.Session.Failed == "" || s.c.Session.Unheard > 0 {
		return
	}
	sess := *s.c.Session
	sess.Unheard = n
	s.c.Session = &sess
}

// FailsBack reports whether the conversation returns to the bot of its
// channel, which has been ready since a time: if that bot's failure led to the
// queue before, and no agent has come. After [maxFailovers] without an agent's
// word it stays in the queue, so that it does not go to and fro.
func (c Conversation) FailsBack(ch Channel, since time.Time) bool {
	sess := c.Session
	return ch.Failback && !ch.DeskLine && c.Holder == Queue && c.Failovers < maxFailovers &&
		sess != nil && sess.Failed != "" && sess.Failed == ch.Bot && sess.HandedOffAt.Before(since) &&
		sess.JoinedAt.IsZero() && !slices.ContainsFunc(c.Desk.Members, func(m Member) bool { return m.Present })
}

// botReady undoes a failover: the ticket is left, and the bot, told so, gets
// what it has not answered.
func (s *step) botReady() {
	if s.ev.Bot != s.ch.Bot || !s.c.FailsBack(s.ch, s.ev.Since) {
		return
	}
	words, through := s.c.Session.Unheard, s.c.Number
	s.giveUp(bot.HandoffWithdrawn, StatusWithdrawn, "the bot is back")
	if words > 0 && s.c.Holder == Bot {
		s.turn(Turn{Kind: TurnMessages, From: words, Through: through})
	}
}

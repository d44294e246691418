package lifecycle

import (
	"maps"
	"slices"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxDeliveries bounds what is kept for the bot's next turn.
const maxDeliveries = 20

// maxProperties is how many properties a conversation keeps: what a ticket
// can carry (8x8's contract, user data).
const maxProperties = 30

// current reports whether the event is of the turn in flight.
func (s *step) current() bool {
	if len(s.c.Turns) == 0 {
		return false
	}
	t := s.c.Turns[0]
	return t.Ready && t.ID == s.ev.Turn && t.Attempt == s.ev.Attempt && s.c.Epoch == s.ev.Epoch
}

// botSaid is something that the bot says, if it may still speak.
func (s *step) botSaid() {
	if !s.current() || s.c.Holder != Bot {
		s.stale()
		return
	}
	if s.ev.Seq <= s.c.Turns[0].Seq {
		return // said in an earlier attempt
	}
	s.c.Turns = slices.Clone(s.c.Turns)
	s.c.Turns[0].Seq = s.ev.Seq
	message, lost := degrade(*s.ev.Message, s.ch.LineCan)
	if lost != "" {
		s.deliver(bot.DeliveryDegraded, lost)
	}
	s.add(Entry{
		Kind: EntrySaid, To: s.toCustomer(), Author: bot.AuthorBot, Name: s.botName(), Message: &message,
		Turn: s.ev.Turn, Attempt: s.ev.Attempt, Seq: s.ev.Seq, Detail: lost,
	})
}

// stale keeps what the bot did too late; the bot is told with its next turn.
func (s *step) stale() {
	s.add(Entry{
		Kind: EntryStale, Author: bot.AuthorBot, Name: s.botName(), Message: s.ev.Message,
		Turn: s.ev.Turn, Attempt: s.ev.Attempt, Seq: s.ev.Seq,
		Detail: "held by " + string(s.c.Holder),
	})
	if s.ev.Message != nil {
		s.deliver(bot.DeliveryRefused, "held by "+string(s.c.Holder))
	}
}

// deliver keeps what became of the bot's message, for its next turn.
func (s *step) deliver(result bot.DeliveryResult, detail string) {
	if len(s.c.Deliveries) >= maxDeliveries {
		return
	}
	s.c.Deliveries = append(slices.Clone(s.c.Deliveries), bot.Delivery{
		Turn: s.ev.Turn, Seq: s.ev.Seq, Result: result, Detail: detail,
	})
}

// toCustomer is the lane that the bot's and the host's words take.
func (s *step) toCustomer() Lanes {
	if s.ch.DeskLine {
		return ToDesk
	}
	return ToCustomer
}

// botName is the bot that answers now.
func (s *step) botName() string { return s.c.Answers(s.ch) }

// botDone ends a turn well: all that is in it takes effect together.
func (s *step) botDone() {
	if !s.current() {
		s.stale()
		return
	}
	done, turn := s.ev.Done, s.c.Turns[0]
	s.c.Deliveries = slices.Clone(s.c.Deliveries[min(turn.Told, len(s.c.Deliveries)):])
	s.set(done.Properties)
	n := s.add(Entry{
		Kind: EntryDone, Author: bot.AuthorBot, Name: s.botName(),
		Turn: turn.ID, Attempt: turn.Attempt, Seq: s.ev.Seq,
		State: done.State, StateSchema: done.StateSchema,
	})
	switch {
	case done.State == nil:
	case s.botName() != s.ch.Bot:
		s.c.SurveyStateAt = n
	default:
		s.c.StateAt = n
	}
	s.heard(turn)
	waiting := s.c.Turns[1:]
	s.nextTurn()
	if s.c.Holder != Bot {
		return // told that the customer had left: nothing else to decide
	}
	s.remind(done.Timers)
	switch {
	case done.Handoff != nil:
		if refusal := s.handoff(*done.Handoff); refusal != "" {
			s.refuse(done.Handoff.Target, refusal)
		}
	case done.End != nil:
		s.end(done.End.Reason, waiting)
	}
	if s.c.Holder == Bot && len(s.c.Turns) == 0 {
		s.timer(TimerInactive, s.ch.Inactivity)
	}
}

// end ends the conversation, unless the customer has said more meanwhile.
func (s *step) end(reason string, waiting []Turn) {
	if reason == "" {
		reason = "ended by the bot"
	}
	s.c.Timers = nil
	s.hold(Nobody, reason)
	s.add(Entry{Kind: EntryEnded, To: ToCustomer, Author: bot.AuthorBot, Name: s.botName(), Detail: reason})
	s.c.Survey = false
	said := slices.DeleteFunc(slices.Clone(waiting), func(t Turn) bool {
		return t.Kind != TurnMessages && t.Kind != TurnAction
	})
	if len(said) == 0 {
		return
	}
	s.hold(Bot, "customer returned")
	s.c.Desk.Met = false
	for i := range said {
		said[i].Returned, said[i].Ready = true, false
	}
	s.c.Turns = said
	s.ready()
}

// set takes over properties; an empty value removes one, and more than can
// be shown to an agent are not taken.
func (s *step) set(properties map[string]string) {
	if len(properties) == 0 {
		return
	}
	all := maps.Clone(s.c.Properties)
	if all == nil {
		all = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		_, known := all[name]
		switch value := properties[name]; {
		case value == "":
			delete(all, name)
		case known || len(all) < maxProperties:
			all[name] = value
		}
	}
	s.c.Properties = all
}

// remind sets the timers that the bot asks for.
func (s *step) remind(timers []bot.Timer) {
	for _, t := range timers {
		s.c.Timers = slices.DeleteFunc(slices.Clone(s.c.Timers), func(old Timer) bool {
			return old.Name == TimerBot && old.Bot == t.Name
		})
		if t.After > 0 {
			s.c.Timers = append(s.c.Timers, Timer{Name: TimerBot, Bot: t.Name, At: s.ev.At.Add(t.After)})
		}
	}
}

// botFailed is a turn that ended badly. It is put once more; the second
// failure follows the channel's on_failure.
func (s *step) botFailed() {
	if !s.current() {
		return
	}
	turn, fail := s.c.Turns[0], s.ev.Fail
	s.add(Entry{
		Kind: EntryFailed, Author: bot.AuthorBot, Name: s.botName(),
		Turn: turn.ID, Attempt: turn.Attempt, Detail: fail.Reason,
	})
	if turn.Attempt == 1 && fail.Retryable {
		s.c.Turns = slices.Clone(s.c.Turns)
		s.c.Turns[0].Attempt, s.c.Turns[0].Ready = 2, false
		if fail.RetryAfter == 0 {
			s.ready()
		}
		s.timer(TimerRetry, fail.RetryAfter)
		return
	}
	name, words := s.botName(), wordsIn(s.c.Turns)
	s.keepCut(turn)
	s.nextTurn()
	if s.c.Holder == Bot {
		s.failover(fail.Reason)
		s.mayFailBack(name, words)
	}
}

// failover is what happens when the bot has failed for good in a turn.
func (s *step) failover(reason string) {
	if s.ch.OnFailure == Queue {
		refusal := s.handoff(bot.Handoff{Reason: "the bot failed: " + reason})
		if refusal == "" {
			s.c.Failovers++
			return
		}
		s.add(Entry{Kind: EntryStatus, To: ToCustomer, Status: StatusRefused, Detail: refusal})
	}
	s.speak(TextBotFailed)
	if len(s.c.Turns) == 0 {
		s.timer(TimerInactive, s.ch.Inactivity)
	}
}

// tell says the channel's text for a handoff's status, if there is one.
func (s *step) tell(status Status) { s.speak(textOf(status)) }

// speak says one of the host's own texts, if the channel has it.
func (s *step) speak(name Text) {
	if text := s.ch.text(name, s.c.Language); text != "" {
		s.add(Entry{Kind: EntrySaid, To: s.toCustomer(), Author: bot.AuthorSystem, Message: &bot.Message{Text: text}})
	}
}

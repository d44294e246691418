package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Step applies an event to a conversation. It answers the conversation after
// it, and the entries that the event leaves in the journal, in order. It
// changes nothing of what it is given.
//
// No entries: the event is old news from inside the host and leaves no trace.
// An event from outside (one with an ID) always leaves at least one.
func Step(ch Channel, c Conversation, ev Event) (Conversation, []Entry) {
	s := &step{ch: ch, c: c, ev: ev, before: c.Turns}
	s.apply()
	if len(s.entries) == 0 && ev.ID != "" {
		s.note()
	}
	if len(s.entries) > 0 {
		s.watchTicket()
	}
	return s.c, s.entries
}

// step is one Step under way.
type step struct {
	ch      Channel
	c       Conversation
	ev      Event
	entries []Entry
	before  []Turn // the conversation's turns before the event
}

func (s *step) apply() {
	if s.c.Holder == "" {
		s.c.Holder, s.c.Since = Nobody, s.ev.At
	}
	if s.c.Number == 0 && s.ch.DeskLine && s.ev.Ticket != "" {
		s.arrive()
	}
	if s.repeatsUs() {
		s.note()
		return
	}
	switch s.ev.Kind {
	case EventStarted:
		s.started()
	case EventSaid, EventActed:
		s.said()
	case EventCancel:
		s.cancel()
	case EventLeft:
		s.customerLeft()
	case EventBotSaid:
		s.botSaid()
	case EventBotDone:
		s.botDone()
	case EventBotFailed:
		s.botFailed()
	case EventBotReady:
		s.botReady()
	case EventTicket, EventOpened:
		s.opened()
	case EventDelayed:
		s.delayed()
	case EventRefused:
		s.refused()
	case EventLooked:
		s.looked()
	case EventDropped:
		s.add(Entry{Kind: EntryDropped, Of: s.ev.Entry})
	case EventQueued:
		s.queued()
	case EventJoined:
		s.joined()
	case EventAgentLeft:
		s.agentLeft()
	case EventAgentSaid:
		s.agentSaid()
	case EventTransferred:
		s.transferred()
	case EventDue:
		s.due()
	}
}

// repeatsUs reports whether the desk tells what the customer does on our own
// line: that came from us.
func (s *step) repeatsUs() bool {
	if s.ch.DeskLine || s.ev.Ticket == "" {
		return false
	}
	return s.ev.Kind == EventSaid || s.ev.Kind == EventActed || s.ev.Kind == EventLeft
}

// add appends an entry to the journal and answers its number. Number, time,
// event, holder and epoch are filled in, so a change of holder comes first.
func (s *step) add(e Entry) int64 {
	s.c.Number++
	if e.Said() {
		s.c.Said++
		if e.Author == bot.AuthorCustomer {
			s.c.Words = s.c.Number
		}
		if showsFile(e.Message) {
			s.c.Files = s.c.Number
		}
	}
	e.Number, e.At, e.Event = s.c.Number, s.ev.At, s.ev.ID
	e.Holder, e.Epoch = s.c.Holder, s.c.Epoch
	s.entries = append(s.entries, e)
	return e.Number
}

// note keeps the event in the journal without any effect.
func (s *step) note() {
	s.add(Entry{
		Kind: EntryNoted, Ticket: s.ev.Ticket, Of: s.ev.Entry,
		AuthorID: s.ev.Agent.ID, Detail: noteOf(s.ev),
	})
}

func noteOf(ev Event) string {
	if ev.Detail == "" {
		return string(ev.Kind)
	}
	return string(ev.Kind) + ": " + ev.Detail
}

// hold changes the holder. What was to be put to the bot, or is in flight, is
// void: it belongs to an older epoch.
func (s *step) hold(h Holder, reason string) {
	if s.c.Holder == h {
		return
	}
	s.c.Holder, s.c.Reason, s.c.Since = h, reason, s.ev.At
	s.c.Epoch++
	s.cut()
	s.c.Turns = nil
	s.stop(TimerDebounce)
	s.stop(TimerRetry)
	s.stop(TimerInactive)
	if h != Bot {
		s.c.Survey = false
	}
}

// turn queues a turn for the bot. It is put at once if none is before it.
func (s *step) turn(t Turn) {
	if s.circles(t.Kind) {
		return
	}
	t.ID, t.Attempt = turnID(s.c.ID, t.Kind, s.ev), 1
	s.c.Turns = append(slices.Clone(s.c.Turns), s.resumed(t)...)
	s.ready()
}

// ready lets the first turn be put to the bot, with all deliveries that are
// known by now, unless a timer is to do so.
func (s *step) ready() {
	if len(s.c.Turns) == 0 || s.c.Turns[0].Ready || s.waits(s.c.Turns[0]) {
		return
	}
	s.c.Turns = slices.Clone(s.c.Turns)
	s.c.Turns[0].Ready, s.c.Turns[0].Told = true, len(s.c.Deliveries)
}

// nextTurn takes the first turn away and lets the one after it begin.
func (s *step) nextTurn() {
	s.c.Turns = slices.Clone(s.c.Turns[1:])
	s.ready()
}

// waits reports whether a turn waits to be put once more, or for more of the
// customer's burst.
func (s *step) waits(t Turn) bool {
	if t.Attempt > 1 {
		return s.ticking(TimerRetry)
	}
	return t.Kind == TurnMessages && s.ticking(TimerDebounce)
}

// turnID derives a turn's id from the event that causes it, so that taking in
// the event once more, after a crash, gives the same turn.
func turnID(id bot.ConversationID, kind TurnKind, ev Event) bot.TurnID {
	cause := ev.ID
	switch {
	case ev.Kind == EventBotReady:
		cause = string(ev.Kind) + "/" + ev.Since.UTC().Format(time.RFC3339Nano)
	case cause == "":
		cause = string(ev.Kind) + "/" + string(ev.Turn) + "/" + string(ev.Timer.Name) + ev.Timer.Bot +
			"/" + ev.At.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(string(id) + "\x00" + string(kind) + "\x00" + cause))
	return bot.TurnID(hex.EncodeToString(sum[:16]))
}

// timer sets a timer, in place of one of the same name. After 0 sets none.
func (s *step) timer(name TimerName, after time.Duration) {
	s.stop(name)
	if after > 0 {
		s.c.Timers = append(s.c.Timers, Timer{Name: name, At: s.ev.At.Add(after)})
	}
}

// stop removes a timer.
func (s *step) stop(name TimerName) {
	s.c.Timers = slices.DeleteFunc(slices.Clone(s.c.Timers), func(t Timer) bool { return t.Name == name })
}

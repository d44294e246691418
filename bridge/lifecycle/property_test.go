package lifecycle

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
	"pgregory.net/rapid"
)

// TestAnyOrder throws events at a conversation in any order, some of them
// twice, and checks after each step that the conversation is legal and that
// nothing the customer said is lost.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ch := testChannel()
		ch.Greet = rapid.Bool().Draw(t, "greet")
		ch.OnFailure = rapid.SampledFrom([]Holder{Queue, Bot}).Draw(t, "on_failure")
		ch.AfterAgent = rapid.SampledFrom([]Holder{Bot, Nobody}).Draw(t, "after_agent")
		ch.OnReturn = rapid.SampledFrom([]Holder{Queue, Bot}).Draw(t, "on_return")
		ch.Failback = rapid.Bool().Draw(t, "failback")
		ch.Debounce = rapid.SampledFrom([]time.Duration{0, time.Second}).Draw(t, "debounce")
		ch.DeskLine = rapid.Bool().Draw(t, "desk_line")
		ch.Inactivity = rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(t, "inactivity")
		ch.SilentTicket = rapid.SampledFrom([]time.Duration{0, time.Minute}).Draw(t, "silent_ticket")
		w := &world{channel: ch, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), c: Conversation{ID: "c1", Channel: "web"}, put: map[putTurn]bool{}}
		var past []Event
		for i := range rapid.IntRange(1, 60).Draw(t, "events") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			ev := w.draw(t, i)
			if len(past) > 0 && rapid.IntRange(0, 5).Draw(t, "again") == 0 {
				ev = rapid.SampledFrom(past).Draw(t, "repeat")
				if ev.Kind == EventSaid || ev.Kind == EventActed { // a turn's id derives from it
					ev.ID = fmt.Sprintf("e%d", i)
				}
			}
			past = append(past, ev)
			ev.At = w.now
			w.step(t, ev)
		}
	})
}

type world struct {
	channel Channel
	now     time.Time
	c       Conversation
	entries []Entry
	// undone counts the failovers undone since an agent of the current ticket
	// has said something.
	undone int
	// put has the turns that were put, with the last of their words.
	put map[putTurn]bool
}

type putTurn struct {
	id      bot.TurnID
	through int64
}

func (w *world) draw(t *rapid.T, i int) Event {
	ev := Event{ID: fmt.Sprintf("e%d", i), Desk: "acme", DeskTime: w.now}
	ev.DeskTime = w.now.Add(-time.Duration(rapid.IntRange(0, 4000).Draw(t, "late")) * time.Millisecond)
	ev.Ticket = rapid.SampledFrom([]string{"T1", "T2", "T3", w.c.Desk.Ticket}).Draw(t, "ticket")
	ev.Agent = bot.Agent{ID: rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "agent")}
	ev.Kind = rapid.SampledFrom([]EventKind{
		EventStarted, EventSaid, EventSaid, EventSaid, EventActed, EventCancel, EventLeft,
		EventBotSaid, EventBotDone, EventBotDone, EventBotDone, EventBotFailed, EventBotFailed,
		EventBotReady, EventTicket, EventOpened, EventOpened, EventDelayed, EventRefused, EventLooked,
		EventQueued, EventJoined, EventJoined, EventAgentLeft, EventAgentLeft, EventAgentSaid, EventTransferred, EventNoted,
		EventDue, EventDue,
	}).Draw(t, "kind")
	if w.channel.DeskLine && w.c.Number == 0 { // the customer brings the ticket
		ev.Ticket = "T1"
		ev.Kind = rapid.SampledFrom([]EventKind{EventSaid, EventTicket, EventQueued, EventJoined}).Draw(t, "first")
	}
	if !w.channel.DeskLine && (ev.Kind == EventSaid || ev.Kind == EventActed || ev.Kind == EventLeft) {
		ev.Ticket = "" // it comes by our own line
	}
	switch ev.Kind {
	case EventSaid, EventAgentSaid:
		ev.Message = &bot.Message{Text: ev.ID}
	case EventActed:
		ev.Action = &bot.Action{Kind: bot.ActionQuickReply, Title: ev.ID}
	case EventLooked:
		ev.ID, ev.Over = "", rapid.Bool().Draw(t, "over")
	case EventTicket:
		ev.Active = rapid.Bool().Draw(t, "active")
		ev.Marker = Marker{"c1", w.c.Desk.Opening}
	case EventOpened, EventRefused, EventDelayed:
		ev.ID, ev.Entry = "", w.c.Desk.Opening
	case EventDue:
		if len(w.c.Timers) > 0 {
			timer := rapid.SampledFrom(w.c.Timers).Draw(t, "timer")
			return Event{Kind: EventDue, Timer: timer}
		}
		ev.ID = ""
	case EventBotReady:
		since := time.Duration(rapid.IntRange(0, 4000).Draw(t, "since")) * time.Millisecond
		return Event{Kind: EventBotReady, Bot: rapid.SampledFrom([]string{"faq", "other"}).Draw(t, "bot"), Since: w.now.Add(-since)}
	case EventBotSaid, EventBotDone, EventBotFailed:
		w.bot(t, &ev)
	}
	return ev
}

func (w *world) bot(t *rapid.T, ev *Event) {
	ev.ID, ev.Epoch, ev.Attempt = "", w.c.Epoch, 1
	ev.Seq = rapid.IntRange(1, 5).Draw(t, "seq")
	if len(w.c.Turns) > 0 {
		ev.Turn, ev.Attempt = w.c.Turns[0].ID, w.c.Turns[0].Attempt
	}
	switch ev.Kind {
	case EventBotSaid:
		ev.Message = &bot.Message{Text: "bot"}
	case EventBotFailed:
		ev.Fail = &bot.Fail{Reason: "broken", Retryable: rapid.Bool().Draw(t, "retryable")}
	case EventBotDone:
		ev.Done = &bot.Done{}
		switch rapid.IntRange(0, 3).Draw(t, "next") {
		case 0:
			ev.Done.Handoff = &bot.Handoff{Target: rapid.SampledFrom([]string{"", "billing", "nowhere"}).Draw(t, "target")}
		case 1:
			ev.Done.End = &bot.End{}
		case 2:
			ev.Done.Timers = []bot.Timer{{Name: "nudge", After: time.Minute}}
		}
	}
}

// step applies an event and checks everything that must always hold.
func (w *world) step(t *rapid.T, ev Event) {
	before := w.c
	frozen := fmt.Sprintf("%+v", before)
	after, entries := Step(w.channel, w.c, ev)
	if fmt.Sprintf("%+v", before) != frozen {
		t.Fatalf("%s changed the conversation that it was given", ev.Kind)
	}
	again, sameEntries := Step(w.channel, before, ev)
	if !reflect.DeepEqual(after, again) || !reflect.DeepEqual(entries, sameEntries) {
		t.Fatalf("%s is not the same twice", ev.Kind)
	}
	w.c, w.entries = after, append(w.entries, entries...)

	if len(entries) == 0 {
		if ev.ID != "" {
			t.Fatalf("%s from outside left no entry", ev.Kind)
		}
		if !reflect.DeepEqual(before, after) && before.Number > 0 {
			t.Fatalf("%s left no entry and changed\n%+v\nto\n%+v", ev.Kind, before, after)
		}
	}
	for i, e := range entries {
		if e.Number != before.Number+int64(i)+1 {
			t.Fatalf("entry %d after %d", e.Number, before.Number)
		}
		if e.Author == bot.AuthorBot && e.Kind == EntrySaid && before.Holder != Bot {
			t.Fatalf("the bot spoke while %s held", before.Holder)
		}
		if e.Holder == Bot && e.To.Has(ToDesk) && e.Kind != EntryLeave && !w.channel.DeskLine {
			t.Fatalf("the desk hears of %s while the bot holds", e.Kind)
		}
	}
	w.legal(t, before)
	w.kept(t, ev, entries)
	w.undo(t, ev, before, entries)
}

// undo checks that a failover is undone at most once between an agent's words,
// for nobody who has met an agent, and that the bot gets what it has not heard.
func (w *world) undo(t *rapid.T, ev Event, before Conversation, entries []Entry) {
	if ev.Kind == EventAgentSaid && ev.Ticket != "" && ev.Ticket == before.Desk.Ticket {
		w.undone = 0
	}
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Status == StatusWithdrawn }) {
		return
	}
	if w.undone++; w.undone > 1 {
		t.Fatalf("to and fro: %+v", before)
	}
	sess := before.Session
	if ev.Kind != EventBotReady || before.Holder != Queue || !w.channel.Failback || w.channel.DeskLine ||
		sess.Failed == "" || !sess.JoinedAt.IsZero() || present(before) || !sess.HandedOffAt.Before(ev.Since) {
		t.Fatalf("%s undid the failover of %+v", ev.Kind, before)
	}
	for _, e := range w.entries {
		if e.Number >= sess.Handoff && e.Said() && e.Author == bot.AuthorCustomer && !w.inTurn(e.Number) && !failed(entries) {
			t.Fatalf("no turn carries %d: %+v", e.Number, w.c.Turns)
		}
	}
}

// legal checks the conversation as it stands.
func (w *world) legal(t *rapid.T, before Conversation) {
	c := w.c
	switch c.Holder {
	case Nobody, Bot, Queue, Agent:
	default:
		t.Fatalf("held by %q", c.Holder)
	}
	changed := c.Holder != before.Holder && !(before.Holder == "" && c.Holder == Nobody)
	if changed && c.Epoch <= before.Epoch || c.Epoch < before.Epoch {
		t.Fatalf("epoch %d (%s) after %d (%s)", c.Epoch, c.Holder, before.Epoch, before.Holder)
	}
	for i, turn := range c.Turns {
		if i > 0 && turn.Ready {
			t.Fatalf("two turns at once: %+v", c.Turns)
		}
		if c.Holder != Bot && turn.Kind != TurnCustomerLeft {
			t.Fatalf("a turn of kind %s while %s holds", turn.Kind, c.Holder)
		}
		put := putTurn{turn.ID, turn.Through}
		if turn.Before > 0 && !w.put[put] {
			t.Fatalf("put again with other words: %+v", turn)
		}
		w.put[put] = w.put[put] || turn.Ready
		if turn.Kind == TurnMessages && (turn.From == 0 || turn.Through < turn.From) {
			t.Fatalf("a turn without messages: %+v", turn)
		}
	}
	if len(c.Turns) > 0 && !c.Turns[0].Ready && !hasTimer(c, TimerDebounce) && !hasTimer(c, TimerRetry) {
		t.Fatalf("a turn that nothing will begin: %+v", c)
	}
	if c.Holder == Agent && !c.Desk.Closed && !present(c) {
		t.Fatalf("held by an agent, and none is there: %+v", c.Desk)
	}
	if c.Desk.Closed && (c.Holder != Agent || !hasTimer(c, TimerGrace)) {
		t.Fatalf("the desk lane is closed for ever: %+v", c)
	}
	if c.Holder == Queue && c.Desk.Opening == 0 && c.Desk.Ticket == "" {
		t.Fatalf("queued without a ticket: %+v", c)
	}
	if c.Desk.Opening != 0 && c.Holder != Queue {
		t.Fatalf("a handoff is under way, and %s holds: %+v", c.Holder, c.Desk)
	}
	if c.Holder == Queue && !hasTimer(c, TimerNoAgent) && c.Failovers < maxFailovers && !w.channel.DeskLine {
		t.Fatalf("queued for ever: %+v", c)
	}
}

// kept checks that what the customer said has somebody who must hear it.
func (w *world) kept(t *rapid.T, ev Event, entries []Entry) {
	if ev.Kind != EventSaid && ev.Kind != EventActed {
		return
	}
	for _, e := range entries {
		if e.Said() && e.Author == bot.AuthorCustomer {
			if !e.To.Has(ToBot) && !e.To.Has(ToDesk) && !w.channel.DeskLine {
				t.Fatalf("nobody hears %+v", e)
			}
			if e.To.Has(ToBot) && !w.inTurn(e.Number) && !failed(entries) {
				t.Fatalf("no turn carries %d: %+v", e.Number, w.c.Turns)
			}
			return
		}
	}
	t.Fatalf("%s is not in the journal: %+v", ev.Kind, entries)
}

func (w *world) inTurn(number int64) bool {
	for _, turn := range w.c.Turns {
		if turn.From <= number && number <= turn.Through {
			return true
		}
	}
	return false
}

// failed: the bot went in circles, and no turn was put.
func failed(entries []Entry) bool {
	for _, e := range entries {
		if e.Kind == EntryFailed {
			return true
		}
	}
	return false
}

func hasTimer(c Conversation, name TimerName) bool {
	for _, timer := range c.Timers {
		if timer.Name == name {
			return true
		}
	}
	return false
}

func present(c Conversation) bool {
	for _, m := range c.Desk.Members {
		if m.Present {
			return true
		}
	}
	return false
}

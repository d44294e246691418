package bridge_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// onDeskLine runs a test whose customer comes by a channel of the desk's own,
// with the ticket W1.
func onDeskLine(t *testing.T, b bot.Bot, test func(w *world, event func(lifecycle.EventKind, string))) {
	t.Helper()
	inWorld(t, b, func(w *world) {
		w.channel.DeskLine = true
		w.channel.DeskCan.HandBack = true
		w.restart()
		test(w, func(kind lifecycle.EventKind, text string) {
			ev := lifecycle.Event{
				Kind: kind, Desk: "acme", Channel: "web", Ticket: "W1", DeskTime: time.Now(),
				Agent: bot.Agent{ID: "ann"}, Queue: "101",
			}
			if text != "" {
				ev.Message = &bot.Message{Text: text}
			}
			w.receive(ev)
			w.pass(time.Second)
		})
	})
}

const lineID = "8x8~acme~W1"

func (w *world) lineHeldBy(holder lifecycle.Holder) {
	w.t.Helper()
	c, err := w.engine.Conversation(w.ctx, lineID)
	if err != nil || c.Holder != holder {
		w.t.Fatalf("held by %q (%s), want %s; %v", c.Holder, c.Reason, holder, err)
	}
}

func TestDeskLine(t *testing.T) {
	onDeskLine(t, echo, func(w *world, event func(lifecycle.EventKind, string)) {
		event(lifecycle.EventSaid, "hi")
		w.lineHeldBy(lifecycle.Bot)
		event(lifecycle.EventSaid, "a person please")
		w.lineHeldBy(lifecycle.Queue)
		if queue := w.desk.assigned["W1"]; queue != "101" {
			t.Errorf("assigned to %q", queue)
		}
		event(lifecycle.EventQueued, "")
		event(lifecycle.EventJoined, "")
		w.lineHeldBy(lifecycle.Agent)
		event(lifecycle.EventAgentSaid, "Ann here")
		event(lifecycle.EventSaid, "hi Ann") // the desk has told the agent itself
		event(lifecycle.EventAgentLeft, "")
		w.pass(10 * time.Second)
		w.lineHeldBy(lifecycle.Bot)
		want := []string{"bot: You said: hi", "bot: 1 agents, 0 waiting"}
		if diff := cmp.Diff(want, w.desk.texts("W1")); diff != "" {
			t.Errorf("we have said: -want +got\n%s", diff)
		}
	})
}

// TestDeskLineThroughFaults: lost answers neither double what the bot says nor
// lose the handoff.
func TestDeskLineThroughFaults(t *testing.T) {
	lost := &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: errors.New("lost")}
	onDeskLine(t, echo, func(w *world, event func(lifecycle.EventKind, string)) {
		event(lifecycle.EventSaid, "hi")
		w.desk.fault(fault{call: "send", done: true, err: lost}, fault{call: "send", err: lost})
		event(lifecycle.EventSaid, "hi")
		event(lifecycle.EventSaid, "hi")
		w.pass(time.Minute)
		w.desk.fault(fault{call: "assign", done: true, err: lost})
		event(lifecycle.EventSaid, "a person please")
		w.pass(time.Minute)
		event(lifecycle.EventJoined, "")
		w.lineHeldBy(lifecycle.Agent)
		want := []string{"bot: You said: hi", "bot: You said: hi", "bot: You said: hi"}
		if diff := cmp.Diff(want, w.desk.texts("W1")); diff != "" {
			t.Errorf("we have said: -want +got\n%s", diff)
		}
	})
}

// TestDeskLineNotGivenBack: the desk refuses to give the conversation back, so
// nobody holds it after the agent.
func TestDeskLineNotGivenBack(t *testing.T) {
	onDeskLine(t, echo, func(w *world, event func(lifecycle.EventKind, string)) {
		w.desk.fault(fault{call: "hand back", err: no})
		event(lifecycle.EventSaid, "a person please")
		event(lifecycle.EventJoined, "")
		event(lifecycle.EventAgentLeft, "")
		w.pass(10 * time.Second)
		w.lineHeldBy(lifecycle.Nobody)
	})
}

// TestSilentTicket: an agent's leaving was never told; the ticket is looked at.
func TestSilentTicket(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.SilentTicket = 10 * time.Minute
		w.restart()
		w.says("a person please")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.pass(15 * time.Minute)
		w.heldBy(lifecycle.Agent)
		w.desk.closeAll()
		w.pass(10 * time.Minute)
		w.heldBy(lifecycle.Bot)
	})
}

// TestSilentTicketIsGone: a ticket that the desk does not know any more is over.
func TestSilentTicketIsGone(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.SilentTicket = 10 * time.Minute
		w.restart()
		w.withAgent(0)
		w.desk.fault(fault{call: "look", err: &bridge.DeskError{Kind: bridge.DeskRefused, Err: errors.New("404")}})
		w.pass(11 * time.Minute)
		w.heldBy(lifecycle.Bot)
	})
}

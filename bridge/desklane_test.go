package bridge_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

var (
	busy   = &bridge.DeskError{Kind: bridge.DeskUnavailable, RetryAfter: 2 * time.Second, Err: errors.New("429")}
	broken = &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: errors.New("500")}
	denied = &bridge.DeskError{Kind: bridge.DeskDenied, Err: errors.New("401")}
	no     = &bridge.DeskError{Kind: bridge.DeskRefused, Err: errors.New("Queue 101 is invalid.")}
)

// TestHandoffThroughFaults: whatever goes wrong while a ticket is opened, the
// customer is told once, one ticket is opened, and nothing is lost.
func TestHandoffThroughFaults(t *testing.T) {
	for name, faults := range map[string][]fault{
		"busy":                      {{call: "open", err: busy}},
		"broken":                    {{call: "open", err: broken}, {call: "open", err: broken}, {call: "open", err: broken}},
		"broken, and it was opened": {{call: "open", done: true, err: broken}},
		"no answer":                 {{call: "open", hang: true}},
		"no answer, and it was":     {{call: "open", hang: true, done: true}},
		"reading back fails too":    {{call: "open", done: true, err: broken}, {call: "find", err: broken}, {call: "find", err: broken}},
		"denied":                    {{call: "open", err: denied}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, echo, func(w *world) {
				w.desk.fault(faults...)
				w.says("hi")
				w.says("a person please")
				w.says("are you there?")
				w.pass(2 * time.Minute)
				w.ticket(lifecycle.EventJoined, "ann", "")
				w.heldBy(lifecycle.Agent)
				if n := len(w.desk.opened); n != 1 {
					t.Errorf("%d tickets were opened", n)
				}
				want := []string{"You said: hi", "<requested>", "<delayed>", "<joined>"}
				if diff := cmp.Diff(want, w.customerSees()); diff != "" {
					t.Errorf("the customer sees: -want +got\n%s", diff)
				}
				want = []string{"customer: hi", "bot: You said: hi", "customer: a person please", "customer: are you there?"}
				if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
					t.Errorf("the agent sees: -want +got\n%s", diff)
				}
			})
		})
	}
}

// TestSendThroughFaults: a message whose answer is lost reaches the agent
// once, also beside others with the same text.
func TestSendThroughFaults(t *testing.T) {
	for name, faults := range map[string][]fault{
		"busy":                  {{call: "send", err: busy}},
		"broken":                {{call: "send", err: broken}},
		"broken, and it came":   {{call: "send", done: true, err: broken}},
		"no answer":             {{call: "send", hang: true}},
		"no answer, it came":    {{call: "send", hang: true, done: true}},
		"both, one after other": {{call: "send", hang: true}, {call: "send", done: true, err: broken}, {call: "sent", err: broken}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, echo, func(w *world) {
				w.says("a person please")
				w.pass(time.Second)
				w.says("yes")
				w.pass(time.Second)
				w.desk.fault(faults...)
				w.says("yes")
				w.says("yes")
				w.says("no")
				w.pass(2 * time.Minute)
				want := []string{"customer: a person please", "customer: yes", "customer: yes", "customer: yes", "customer: no"}
				if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
					t.Errorf("the agent sees: -want +got\n%s", diff)
				}
			})
		})
	}
}

func TestRefusedHandoff(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", err: no})
		w.says("a person please")
		w.pass(time.Second)
		w.heldBy(lifecycle.Bot)
		want := []string{"<requested>", "<refused>", "handoff refused"}
		if diff := cmp.Diff(want, w.customerSees()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestGivenUpInDoubt: a create without an answer, and nobody waits any more;
// the ticket that was opened all the same is left.
func TestGivenUpInDoubt(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", hang: true, done: true})
		w.says("a person please")
		w.pass(time.Second)
		w.receive(lifecycle.Event{Kind: lifecycle.EventCancel, Conversation: "c1"})
		w.heldBy(lifecycle.Bot)
		w.pass(time.Minute)
		if !slices.Equal(w.desk.left, []string{"T1"}) {
			t.Errorf("left %v, want T1", w.desk.left)
		}
		w.heldBy(lifecycle.Bot)
	})
}

func TestNobodyComes(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("a person please")
		w.pass(9 * time.Minute)
		w.restart() // the wait goes on
		w.heldBy(lifecycle.Queue)
		w.pass(2 * time.Minute)
		w.heldBy(lifecycle.Bot)
		if !slices.Equal(w.desk.left, []string{"T1"}) {
			t.Errorf("left %v", w.desk.left)
		}
	})
}

// TestWebhookOvertakesCreate: what the new ticket tells before the create is
// answered waits, durably, and is handed over.
func TestWebhookOvertakesCreate(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", hang: true, done: true})
		w.says("a person please")
		w.ticket(lifecycle.EventQueued, "", "")
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.heldBy(lifecycle.Queue)
		w.restart()
		w.pass(time.Minute)
		w.heldBy(lifecycle.Agent)
		if n := len(w.desk.opened); n != 1 {
			t.Errorf("%d tickets were opened", n)
		}
	})
}

// TestMarkerBindsBeforeCreateIsAnswered: the ticket's first webhook carries
// the marker, and binds it at once.
func TestMarkerBindsBeforeCreateIsAnswered(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", hang: true, done: true})
		w.says("a person please")
		w.receive(lifecycle.Event{
			Kind: lifecycle.EventTicket, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Marker: w.desk.opened[0].Marker,
		})
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.heldBy(lifecycle.Agent)
		w.says("hello")
		w.pass(time.Minute)
		want := []string{"customer: a person please", "customer: hello"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRestartInTheMiddleOfACall: the host ends while the desk is carrying a
// call out; the next one reads back first.
func TestRestartInTheMiddleOfACall(t *testing.T) {
	for name, came := range map[string]bool{"it came": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, echo, func(w *world) {
				w.desk.fault(fault{call: "open", hang: true, done: came})
				w.says("a person please")
				w.restart()
				w.pass(time.Minute)
				if n := len(w.desk.opened); n != 1 {
					t.Fatalf("%d tickets were opened", n)
				}
				w.desk.fault(fault{call: "send", hang: true, done: came})
				w.says("yes")
				w.says("yes")
				w.restart()
				w.pass(time.Minute)
				want := []string{"customer: a person please", "customer: yes", "customer: yes"}
				if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
					t.Errorf("the agent sees: -want +got\n%s", diff)
				}
			})
		})
	}
}

func TestLongHistoryIsTrimmed(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.history = 10
		for i := range 20 {
			w.says(fmt.Sprintf("message %d", i))
			w.pass(10 * time.Millisecond)
		}
		w.says("a person please")
		w.pass(time.Second)
		history := w.desk.opened[0].History
		if len(history) != 10 || history[0].Text != "[32 earlier messages are left out]" ||
			history[9].Text != "a person please" || history[1].Author != bot.AuthorCustomer {
			t.Errorf("history %+v", history)
		}
		w.desk.fault(fault{call: "send", done: true, err: broken})
		w.says("hello?")
		w.pass(time.Minute)
		if texts := w.desk.texts("T1"); len(texts) != 11 {
			t.Errorf("the agent sees %d messages: %v", len(texts), texts)
		}
	})
}

func TestTyping(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("hi")
		w.pass(time.Second)
		w.engine.Typing(w.ctx, "c1", bridge.Typing{Author: bot.AuthorCustomer}) // to nobody
		w.says("a person please")
		w.pass(time.Second)
		w.engine.Typing(w.ctx, "c1", bridge.Typing{Author: bot.AuthorCustomer})
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.engine.Typing(w.ctx, "c1", bridge.Typing{Author: bot.AuthorCustomer})
		w.engine.TicketTyping(w.ctx, "acme", "T1", bridge.Typing{Author: bot.AuthorAgent, AuthorID: "ann"})
		w.pass(time.Second)
		typed := 0
		for _, call := range w.desk.calls {
			if call == "signal" {
				typed++
			}
		}
		if typed != 2 || len(w.line.typing) != 1 {
			t.Errorf("typing reached the desk %d times, the customer %d times", typed, len(w.line.typing))
		}
	})
}

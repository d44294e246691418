package host_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/patchbay-host/patchbay/host/config"
)

// inBothDialects runs a test with a contact centre that is called by either.
func inBothDialects(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for _, api := range []config.API{config.ChatGateway, config.ChatAPI} {
		t.Run(string(api), func(t *testing.T) {
			t.Parallel()
			test(t, newWorldOf(t, nil, api))
		})
	}
}

// TestPeersDecline: the connector on the market ended a conversation when an
// agent declined it. Here the ticket stays queued, for another agent.
func TestPeersDecline(t *testing.T) {
	t.Parallel()
	inBothDialects(t, func(t *testing.T, w *world) {
		eve := map[string]any{"id": "eve", "queues": []string{"101"}}
		if status := w.call("POST", w.control("/agents"), "", eve, nil); status/100 != 2 {
			t.Fatalf("add an agent: %d", status)
		}
		c := w.newCustomer(webSecret)
		c.says("agent")
		c.awaitLast("<queued>")
		w.agent("ada", "decline")
		c.says("anybody there?")
		w.awaitAgentSees("user: agent", "user: anybody there?")
		w.awaitDelivered()
		if holder := c.holder(); holder != "queue" {
			t.Errorf("declined, it is held by %s", holder)
		}
		w.agent("eve", "accept")
		c.awaitHeldBy("agent")
		w.agent("eve", "say", "text", "Eve here.")
		c.awaitHas("eve: Eve here.")
		w.agent("eve", "leave")
		c.awaitLast("echo: Back again.")
		c.awaitSees("Kim: agent", "<requested>", "<queued>", "Kim: anybody there?", "<joined>", "eve: Eve here.",
			"<agent_left>", "<completed>", "echo: Back again.")
	})
}

// TestCustomerCancels: by a word, and by the call that a page makes for its
// button; both let the customer out of the queue at 8x8.
func TestCustomerCancels(t *testing.T) {
	t.Parallel()
	inBothDialects(t, func(t *testing.T, w *world) {
		for what, cancel := range map[string]func(c *customer){
			"a word": func(c *customer) { c.says("Never mind") },
			"a call": func(c *customer) {
				event := map[string]any{"type": "event", "name": "handoff.cancel"}
				if status := w.call("POST", c.activities(), c.Token, event, nil); status != http.StatusOK {
					t.Fatalf("cancel: %d", status)
				}
			},
		} {
			c := w.newCustomer(webSecret)
			c.says("agent")
			c.awaitLast("<queued>")
			if w.nobodyWaits() == nil {
				t.Error("nobody waits at 8x8 before")
			}
			cancel(c)
			c.awaitHeldBy("bot")
			c.awaitHas("<cancelled>")
			c.says("thanks")
			c.awaitLast("echo: You said: thanks")
			if seen := c.sees(); slices.Contains(seen, "<completed>") || slices.Contains(seen, "<agent_left>") {
				t.Errorf("by %s: the customer sees %q", what, seen)
			}
			w.await("nobody waits at 8x8", func() error { return w.nobodyWaits() })
		}
	})
}

// TestPeersSecondHandover: the second handover in a session failed; here there
// are three, and transfers in each, whose end is none.
func TestPeersSecondHandover(t *testing.T) {
	t.Parallel()
	inBothDialects(t, func(t *testing.T, w *world) {
		c := w.newCustomer(webSecret)
		for round := range 3 {
			c.says("agent")
			c.awaitLast("<queued>")
			w.agent("ada", "accept")
			c.awaitHeldBy("agent")
			w.agent("ada", "transfer", "queue", "102")
			c.awaitHeldBy("queue")
			w.agent("bob", "accept")
			c.awaitHeldBy("agent")
			w.agent("bob", "leave")
			c.awaitLast("echo: Back again.")
			c.awaitHeldBy("bot")
			if n := len(w.tickets()); n != round+1 {
				t.Fatalf("%d tickets after %d handoffs", n, round+1)
			}
		}
		if h, b := w.metric("patchbay_handoffs_total"), w.metric("patchbay_handbacks_total"); h != 3 || b != 3 {
			t.Errorf("counted %v handoffs, %v handbacks", h, b)
		}
	})
}

// nobodyWaits is an error as long as a ticket is in a queue at 8x8.
func (w *world) nobodyWaits() error {
	w.t.Helper()
	var list struct {
		Conversations []struct{ ID, Holder string }
	}
	w.call("GET", w.control("/conversations"), "", nil, &list)
	for _, ticket := range list.Conversations {
		if ticket.Holder == "queue" {
			return fmt.Errorf("ticket %s waits", ticket.ID)
		}
	}
	return nil
}

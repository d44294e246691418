package eightx8_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The points of the 8x8 contract's "The lifecycle, as the vendor tells it",
// 1 to 6, by the chat-api.

// inChatAPI runs f with a contact centre that is called by the chat-api.
func inChatAPI(t *testing.T, f func(c *centre)) {
	t.Helper()
	inCentreOf(t, eightx8.ChatAPI, simulator.Quirks{}, f)
}

// openBilling opens a ticket on the channel of the billing queue.
func (c *centre) openBilling() string {
	c.t.Helper()
	o := flatOpening()
	o.Channel = "Billing"
	ticket, err := c.desk.Open(c.t.Context(), o)
	c.must(err)
	return ticket
}

// over fails the test if a ticket is not over, or is, against what is wanted.
func (c *centre) over(ticket string, want bool) {
	c.t.Helper()
	if state, err := c.desk.Look(c.t.Context(), ticket); state.Over != want || err != nil {
		c.t.Errorf("%+v, %v; want over %t", state, err, want)
	}
}

func TestChatAPIPoint1SetUp(t *testing.T) {
	inChatAPI(t, func(c *centre) {
		wanted := []eightx8.Wanted{{Channel: "New", Queue: "102", Webhook: "new", URI: "http://patchbay.test/8x8/acme/new"}}
		plan, err := c.desk.Plan(c.t.Context(), wanted)
		c.must(err)
		c.must(plan.Apply(c.t.Context()))
		c.must(c.desk.VerifyWebhook(c.t.Context(), wanted[0].URI))
		if again, err := c.desk.Plan(c.t.Context(), wanted); err != nil || !again.Done() {
			c.t.Errorf("%v, planned again:\n%s", err, again)
		}
		o := flatOpening()
		o.Channel = "New"
		_, err = c.desk.Open(c.t.Context(), o)
		c.must(err)
		c.expect("queued Billing")
	})
}

func TestChatAPIPoint2AConversationForEachCustomer(t *testing.T) {
	inChatAPI(t, func(c *centre) {
		first, second := c.openBilling(), c.openBilling()
		if first == second {
			c.t.Errorf("both are %s", first)
		}
		c.expect("queued Billing", "queued Billing")
		c.control("POST", "/agents/bob/accept", `{"conversationId":"`+second+`"}`)
		c.expect("joined bob")
		c.over(first, false)
		if found, err := c.desk.FindOpened(c.t.Context(), opening().Marker); found == "" || err != nil {
			c.t.Errorf("found %q by the marker, %v", found, err)
		}
	})
}

func TestChatAPIPoint3TheAgentSeesEverything(t *testing.T) {
	inChatAPI(t, func(c *centre) {
		ticket := c.openBilling()
		c.control("POST", "/agents/bob/accept", "")
		c.control("POST", "/agents/bob/say", `{"text":"How can I help?"}`)
		c.expect("queued Billing", "joined bob", "bob says How can I help?")
		c.must(c.desk.Send(c.t.Context(), ticket, hello))
		c.expect()
		sent, err := c.desk.Sent(c.t.Context(), ticket, 10)
		if diff := cmp.Diff(append(flatOpening().History, hello), sent); diff != "" || err != nil {
			c.t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		all, err := c.desk.Messages(c.t.Context(), ticket, 10)
		if n := len(all); err != nil || n < 4 || all[2].Author != bot.AuthorAgent {
			c.t.Errorf("%v, %+v", err, all)
		}
	})
}

func TestChatAPIPoint4EitherSideEndsIt(t *testing.T) {
	inChatAPI(t, func(c *centre) {
		ticket := c.openBilling()
		c.control("POST", "/agents/bob/accept", "")
		c.must(c.desk.Leave(c.t.Context(), ticket))
		c.expect("queued Billing", "joined bob", "agent_left bob")
		c.over(ticket, true)
		c.must(c.desk.Leave(c.t.Context(), ticket))

		ticket = c.openBilling()
		c.control("POST", "/agents/bob/accept", "")
		c.control("POST", "/agents/bob/leave", "")
		c.expect("queued Billing", "joined bob", "agent_left bob")
		c.over(ticket, true)
	})
}

func TestChatAPIPoint5AReturnIsQueuedWhereItWasLast(t *testing.T) {
	inChatAPI(t, func(c *centre) {
		ticket := c.openBilling()
		c.control("POST", "/agents/bob/accept", "")
		c.control("POST", "/agents/bob/transfer", `{"queue":"101"}`)
		c.control("POST", "/agents/ada/accept", "")
		c.control("POST", "/agents/ada/leave", "")
		c.told()
		c.must(c.desk.Send(c.t.Context(), ticket, bridge.Outgoing{Author: bot.AuthorCustomer, Text: "I am back"}))
		c.expect("queued Support")
		c.over(ticket, false)
		if all, err := c.desk.Interactions(c.t.Context(), ticket); len(all) != 2 || err != nil {
			c.t.Errorf("%v, interactions %+v", err, all)
		}
	})
}

func TestChatAPIPoint6ATransferIsNotTheEnd(t *testing.T) {
	for _, order := range []string{`{"queue":"101"}`, `{"queue":"101","leftFirst":true}`} {
		inChatAPI(t, func(c *centre) {
			ticket := c.openBilling()
			c.control("POST", "/agents/bob/accept", "")
			c.told()
			c.control("POST", "/agents/bob/transfer", order)
			if told := c.told(); len(told) != 3 || told[2] != "queued Support" {
				c.t.Errorf("told %v", told)
			}
			c.over(ticket, false)
			c.control("POST", "/agents/ada/accept", "")
			c.expect("joined ada")
		})
	}
}

func TestChatAPIExpiredTokens(t *testing.T) {
	inChatAPI(t, func(c *centre) {
		ticket := c.openBilling()
		c.control("DELETE", "/tokens", "")
		c.must(c.desk.Send(c.t.Context(), ticket, hello))
		if sent, err := c.desk.Sent(c.t.Context(), ticket, 1); len(sent) != 1 || sent[0].Text != hello.Text || err != nil {
			c.t.Errorf("%v, %v", sent, err)
		}
	})
}

func TestChatAPIQuirks(t *testing.T) {
	quirks := simulator.Quirks{StringJWK: true, DateOnlyInteractions: true, CustomerAsUser: true, ParticipantArray: true}
	inCentreOf(t, eightx8.ChatAPI, quirks, func(c *centre) {
		ticket := c.openBilling()
		c.expect("queued Billing")
		c.control("POST", "/agents/bob/accept", "")
		if _, err := c.desk.Participants(c.t.Context(), ticket); err != nil {
			c.t.Error(err)
		}
		c.must(c.desk.Leave(c.t.Context(), ticket))
		c.over(ticket, true)
	})
}

package eightx8_test

import (
	"encoding/json"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// newest lets what is under way arrive, and is the newest event of a kind
// since told was last asked.
func (c *centre) newest(kind lifecycle.EventKind) lifecycle.Event {
	c.t.Helper()
	time.Sleep(time.Minute)
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.events) - 1; i >= 0; i-- {
		if c.events[i].Kind == kind {
			return c.events[i]
		}
	}
	c.t.Fatalf("no event %s", kind)
	return lifecycle.Event{}
}

// state is how a ticket stands.
func (c *centre) state(ticket string, want bridge.TicketState) {
	c.t.Helper()
	got, err := c.desk.Look(c.t.Context(), ticket)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		c.t.Errorf("%v, state (-want +got):\n%s", err, diff)
	}
}

// A customer of a channel of 8x8's own: with the bot, in a queue, with an
// agent, and back with the bot.
func TestALineOf8x8s(t *testing.T) {
	inCentre(t, simulator.Quirks{}, func(c *centre) {
		ctx := c.t.Context()
		c.control("POST", "/customers", `{"id":"mia","channel":"WhatsApp DE","name":"Mia","userId":"u1","msisdn":"+49301234567","language":"de"}`)
		update := c.newest(lifecycle.EventNoted)
		c.control("POST", "/customers/mia/say", `{"text":"a person, please"}`)
		said := c.newest(lifecycle.EventSaid)
		ticket := said.Ticket
		if said.Message.Text != "a person, please" || ticket == "" || update.Ticket != ticket {
			c.t.Errorf("said %+v", said)
		}
		read, err := c.desk.ReadTicket(ctx, ticket)
		if c.must(err); read.Customer.Name != "Mia" || read.Language != "de" || read.Channel != "9" {
			c.t.Errorf("ticket %+v", read)
		}

		c.must(c.desk.BotTyping(ctx, ticket, bot.Typing{For: time.Second}))
		c.must(c.desk.BotTyping(ctx, ticket, bot.Typing{For: time.Minute, Thinking: true}))
		c.must(c.desk.ReadReceipt(ctx, ticket, bot.AuthorBot, time.Now()))
		c.must(c.desk.Send(ctx, ticket, bridge.Outgoing{
			Author: bot.AuthorBot, Text: "Which?", QuickReplies: []bot.QuickReply{{Title: "A", Value: "a"}, {Title: "B"}},
		}))
		c.control("POST", "/customers/mia/press", `{"title":"A"}`)
		if a := c.newest(lifecycle.EventActed).Action; a.Kind != bot.ActionQuickReply || a.Title != "A" || a.Value != "a" {
			c.t.Errorf("pressed %+v", a)
		}
		c.must(c.desk.Assign(ctx, ticket, lifecycle.Target{Queue: "102"}))
		c.must(c.desk.HandBack(ctx, ticket, "WhatsApp DE"))
		c.told()
		c.state(ticket, bridge.TicketState{Queue: "102"})
		c.control("POST", "/agents/bob/accept", "")
		c.expect("joined bob")
		c.state(ticket, bridge.TicketState{Agent: true})
		c.control("POST", "/agents/bob/leave", "")
		c.expect("agent_left bob")
		if read, err := c.desk.ReadTicket(ctx, ticket); err != nil || read.State != eightx8.StateActive || read.Assigned != "script" {
			c.t.Errorf("%v, it is not handed back: %+v", err, read)
		}
		c.must(c.desk.Assign(ctx, ticket, lifecycle.Target{Script: "500"}))
		c.expect("queued Billing")
	})
}

func TestCardsAndFilesBothWays(t *testing.T) {
	for name, quirks := range map[string]simulator.Quirks{
		"as the examples have it": {},
		"as the schemas have it":  {TopLevelLists: true, AttachmentSize: true},
	} {
		t.Run(name, func(t *testing.T) { inCentre(t, quirks, cardsAndFiles) })
	}
}

func cardsAndFiles(c *centre) {
	ctx := c.t.Context()
	ticket, err := c.desk.Open(ctx, opening())
	c.must(err)
	c.control("POST", "/agents/ada/accept", "")
	c.control("POST", "/agents/ada/attach", `{"filename":"a.gif","content":"R0lGODlh"}`)
	attachment := c.newest(lifecycle.EventAgentSaid).Message.Attachments[0]
	place, id := lifecycle.PlaceOf(attachment)
	if place != lifecycle.FileAtDesk || attachment.Name != "a.gif" {
		c.t.Fatalf("attachment %+v", attachment)
	}
	fetched, err := c.desk.Fetch(ctx, ticket, id)
	c.must(err)
	content, err := fetched.Open()
	c.must(err)
	data, err := io.ReadAll(content)
	if string(data) != "GIF89a" || err != nil || content.Close() != nil || fetched.Size != 6 || fetched.ContentType != "image/gif" {
		c.t.Errorf("%+v holds %q, %v", fetched, data, err)
	}
	c.control("POST", "/agents/ada/card", `{"text":"choose","contentType":"application/8x8.quick.replies","content":{"options":[{"title":"A","data":{"postback":"a"}}]}}`)
	if m := c.newest(lifecycle.EventAgentSaid).Message; m.Text != "choose" || len(m.QuickReplies) != 1 || m.QuickReplies[0].Value != "a" {
		c.t.Errorf("card %+v", m)
	}

	c.must(c.desk.Send(ctx, ticket, bridge.Outgoing{
		Author: bot.AuthorCustomer, Text: "See",
		Cards: []bot.Card{{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(`{"type":"AdaptiveCard","version":"1.3","body":[]}`)}},
		Files: []bridge.File{file("bill.txt", "abc", 3)},
	}))
	messages, err := c.desk.Messages(ctx, ticket, 1)
	c.must(err)
	if len(messages) != 1 || messages[0].Text != "See" || len(messages[0].Attachments) != 1 {
		c.t.Fatalf("messages %+v", messages)
	}
	if one, err := c.desk.ReadMessage(ctx, ticket, messages[0].ID); one.Text != "See" || err != nil {
		c.t.Errorf("%+v, %v", one, err)
	}
	cards, err := c.desk.Cards(ctx, ticket, messages[0].ID)
	c.must(err)
	if len(cards) != 1 || cards[0].ID == "" {
		c.t.Fatalf("cards %+v", cards)
	}
	c.must(c.desk.SubmitCard(ctx, ticket, cards[0].ID, "patchbay"))
	cards, err = c.desk.Cards(ctx, ticket, messages[0].ID)
	if err != nil || !cards[0].Submitted {
		c.t.Errorf("%v, not submitted: %+v", err, cards)
	}
	files, err := c.desk.Attachments(ctx, ticket)
	if err != nil || len(files) != 2 {
		c.t.Errorf("%v, files %+v", err, files)
	}
	c.must(c.desk.Describe(ctx, ticket, opening()))
	page, err := c.desk.Tickets(ctx, eightx8.TicketFilter{})
	if err != nil || len(page.Tickets) != 1 || page.Tickets[0].Marker != opening().Marker {
		c.t.Errorf("%v, tickets %+v", err, page)
	}
}

func TestProvisioningTheSimulator(t *testing.T) {
	inCentre(t, simulator.Quirks{}, func(c *centre) {
		ctx := c.t.Context()
		wanted := []eightx8.Wanted{
			{Channel: "Web support", Queue: "102", Webhook: "web", URI: "http://patchbay.test/8x8/acme/new"},
			{Channel: "WhatsApp DE", Webhook: "host", URI: "http://patchbay.test/8x8/acme/web", Digital: true},
		}
		plan, err := c.desk.Plan(ctx, wanted)
		c.must(err)
		c.must(plan.Apply(ctx))
		again, err := c.desk.Plan(ctx, wanted)
		if c.must(err); !again.Done() || plan.Done() {
			c.t.Errorf("planned:\n%splanned again:\n%s", plan, again)
		}
		_, err = c.desk.Open(ctx, opening())
		c.must(err)
	})
}

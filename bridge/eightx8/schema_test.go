package eightx8_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestEveryRequestIsAsTheSchemasHaveIt makes each call of both dialects, holds
// it against the vendor's two OpenAPI files, and asks that no operation of
// theirs is left out. All other requests of this package's tests that come to
// a handler are held against them too, and the simulator's answers.
func TestEveryRequestIsAsTheSchemasHaveIt(t *testing.T) {
	openapitest.Need(t)
	box := openapitest.Requests(t, http.HandlerFunc(anything))
	use := func(c *eightx8.Config) { c.HTTP = &http.Client{Transport: inProcess{box}} }
	everyCall(t, newGateway(t, nil).desk(use))
	flatCalls(t, newFlatAPI(t, nil).desk(use))
	for _, operation := range box.Unseen() {
		t.Errorf("no call makes %s", operation)
	}
}

// anything is an answer that every call can read.
func anything(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "/jwk/") {
		answer(200, jwk(testRSA().N, 65537, ""))(w, r)
		return
	}
	channel := map[string]any{
		"id": "25", "name": "Web support", "webHookId": "1", "routingOptions": map[string]any{"type": "queue", "id": "101"},
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": "token", "expires_in": "3600", "id": "25", "conversationId": "t1", "channels": []any{channel},
		"page": map[string]any{"totalPages": 1, "pageCount": 1},
	})
}

// must fails the test at an error.
func must[T any](t *testing.T) func(T, error) {
	return func(_ T, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
}

// everyCall makes the gateway's calls.
func everyCall(t *testing.T, desk *eightx8.Desk) {
	ctx, o := t.Context(), opening()
	must[string](t)(desk.Open(ctx, o))
	fetched, err := desk.Fetch(ctx, "t1", "a1")
	if err != nil {
		t.Fatal(err)
	}
	must[any](t)(fetched.Open())
	must[eightx8.Message](t)(desk.ReadMessage(ctx, "t1", "m1"))
	must[[]eightx8.MessageCard](t)(desk.Cards(ctx, "t1", "m1"))
	must[[]eightx8.Attachment](t)(desk.Attachments(ctx, "t1"))
	must[eightx8.TicketPage](t)(desk.Tickets(ctx, eightx8.TicketFilter{FIQL: "state==active", NewestFirst: true}))
	for _, err := range []error{
		desk.Send(ctx, "t1", bridge.Outgoing{
			Author: bot.AuthorBot, Text: "See",
			Cards:        []bot.Card{{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(`{"type":"AdaptiveCard","version":"1.3"}`)}},
			QuickReplies: []bot.QuickReply{{Title: "A", Value: "a"}},
			Files:        []bridge.File{file("bill.txt", "abc", 3)},
		}),
		desk.Assign(ctx, "t1", lifecycle.Target{Queue: "101"}),
		desk.Assign(ctx, "t1", lifecycle.Target{Script: "7"}),
		desk.Describe(ctx, "t1", o),
		desk.Replace(ctx, "t1", o),
		desk.HandBack(ctx, "t1", "25"),
		desk.Typing(ctx, "t1"),
		desk.BotTyping(ctx, "t1", bot.Typing{For: 1}),
		desk.BotTyping(ctx, "t1", bot.Typing{For: 1, Thinking: true}),
		desk.ReadReceipt(ctx, "t1", bot.AuthorCustomer, told),
		desk.SubmitCard(ctx, "t1", "c1", "patchbay"),
		desk.ExecuteCard(ctx, "t1", "c1", "patchbay"),
	} {
		must[any](t)(nil, err)
	}
	eitherCalls(t, desk)
}

// flatCalls makes the chat-api's.
func flatCalls(t *testing.T, desk *eightx8.Desk) {
	must[string](t)(desk.Open(t.Context(), flatOpening()))
	must[any](t)(nil, desk.Send(t.Context(), "t1", hello))
	must[eightx8.TicketPage](t)(desk.Tickets(t.Context(), eightx8.TicketFilter{
		Channel: "25", Status: "handling", UserID: "u", Email: "j@x.test", Customer: map[string]string{"tier": "gold"}, NewestFirst: true,
	}))
	eitherCalls(t, desk)
}

// eitherCalls makes the calls that both dialects have in the same words.
func eitherCalls(t *testing.T, desk *eightx8.Desk) {
	ctx := t.Context()
	must[string](t)(desk.FindOpened(ctx, opening().Marker))
	must[[]bridge.Outgoing](t)(desk.Sent(ctx, "t1", 5))
	must[bridge.TicketState](t)(desk.Look(ctx, "t1"))
	must[[]eightx8.Interaction](t)(desk.Interactions(ctx, "t1"))
	must[[]eightx8.Participant](t)(desk.Participants(ctx, "t1"))
	must[any](t)(desk.PublicKey(ctx, "key1"))
	must[[]eightx8.Webhook](t)(desk.Webhooks(ctx))
	must[eightx8.Webhook](t)(desk.ReadWebhook(ctx, "1"))
	hook := eightx8.Webhook{ID: "1", Name: "host", URI: "https://h.test"}
	must[eightx8.Webhook](t)(desk.CreateWebhook(ctx, hook))
	must[eightx8.DeskChannel](t)(desk.ReadChannel(ctx, "25"))
	channel := eightx8.DeskChannel{ID: "25", Name: "Web", Queue: "101", WebhookID: "1"}
	must[eightx8.DeskChannel](t)(desk.CreateChannel(ctx, channel))
	for _, err := range []error{
		desk.Leave(ctx, "t1"),
		desk.UpdateWebhook(ctx, hook),
		desk.VerifyWebhook(ctx, hook.URI),
		desk.DeleteWebhook(ctx, "1"),
		desk.UpdateChannel(ctx, channel),
		desk.DeleteChannel(ctx, "25"),
	} {
		must[any](t)(nil, err)
	}
}

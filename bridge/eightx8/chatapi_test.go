package eightx8_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const flatChannels = `{"data":[{"id":"25","name":"Web support","webHookId":"12"},{"id":"26","name":"Billing"}],
	"page":{"pageSize":100,"pageIndex":0,"elementCount":2,"pageCount":1}}`

// flatOpening is one for the chat-api: its channel is its target.
func flatOpening() bridge.Opening {
	o := opening()
	o.Queue = ""
	return o
}

// openFlat opens o by the chat-api, and answers the body that came.
func openFlat(t *testing.T, o bridge.Opening) []byte {
	t.Helper()
	f := newFlatAPI(t, map[string]http.HandlerFunc{
		"GET /channels":       answer(200, flatChannels),
		"POST /conversations": answer(202, `{"conversationId":"vXg39","timestamp":1632731766687}`),
	})
	ticket, err := f.desk().Open(t.Context(), o)
	if err != nil || ticket != "vXg39" {
		t.Fatalf("Open: %q, %v", ticket, err)
	}
	return f.body
}

func TestChatAPIOpenSends(t *testing.T) {
	golden(t, "open_chatapi.json", openFlat(t, flatOpening()))
}

func TestChatAPIOpenKeepsTheLimits(t *testing.T) {
	o := flatOpening()
	o.Properties = append(o.Properties, bridge.Property{Name: "name", Value: "of a property"})
	for i := range 40 {
		o.Properties = append(o.Properties, bridge.Property{Name: "p" + strconv.Itoa(i), Value: "v"})
	}
	for i := range 250 {
		o.History = append(o.History, bridge.Outgoing{Author: bot.AuthorBot, Text: strconv.Itoa(i)})
	}
	var sent struct {
		Customer, User map[string]string
		History        struct{ Messages []struct{ Text, Type string } }
	}
	if err := json.Unmarshal(openFlat(t, o), &sent); err != nil {
		t.Fatal(err)
	}
	if n := len(sent.Customer); n > 30 || sent.Customer["patchbayTicket"] != "12/conv/1" || sent.Customer["name"] != "Jane Doe" {
		t.Errorf("%d members: %v", n, sent.Customer)
	}
	if diff := cmp.Diff(sent.Customer, sent.User); diff != "" {
		t.Errorf("customer and user differ: %s", diff)
	}
	if n := len(sent.History.Messages); n != 200 || sent.History.Messages[199].Text != "249" {
		t.Errorf("%d messages", n)
	}
}

// On the chat-api a property may have the name of a field that 8x8 looks at: a
// value that it refuses would cost the handoff.
func TestChatAPILooksAtPropertiesToo(t *testing.T) {
	for value, want := range map[string]map[string]string{
		"unknown": {"name": "Jane"},
		"tlh":     {"name": "Jane"},
		"de-AT":   {"name": "Jane", "language": "de"},
		"j@x.com": {"name": "Jane", "email": "j@x.com"},
	} {
		o := flatOpening()
		o.Language, o.Customer = "", bot.Customer{Name: "Jane"}
		o.Properties = []bridge.Property{{Name: "email", Value: value}, {Name: "language", Value: value}}
		var sent struct{ Customer map[string]string }
		if err := json.Unmarshal(openFlat(t, o), &sent); err != nil {
			t.Fatal(err)
		}
		delete(sent.Customer, "patchbayTicket")
		if diff := cmp.Diff(want, sent.Customer); diff != "" {
			t.Errorf("%s (-want +got):\n%s", value, diff)
		}
	}
}

func TestChatAPICannotNameAQueue(t *testing.T) {
	f := newFlatAPI(t, map[string]http.HandlerFunc{"GET /channels": answer(200, flatChannels)})
	_, err := f.desk().Open(t.Context(), opening())
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused || failed.Doubt {
		t.Errorf("Open: %v", err)
	}
}

func TestChatAPIFindOpened(t *testing.T) {
	const items = `[{"id":"other","customer":{"patchbayTicket":"13/conv/1"}},{"id":"vXg39","customer":{"name":"J","patchbayTicket":"12/conv/1"}}]`
	for name, one := range map[string]struct{ body, want string }{
		"found":                       {`{"data":` + items + `,"page":{"pageCount":1}}`, "vXg39"},
		"the filter was passed over":  {`{"data":[{"id":"other","customer":{"patchbayTicket":"9/c"}}],"page":{"pageCount":1}}`, ""},
		"none":                        {`{"data":[],"page":{"pageCount":0}}`, ""},
		"without the customer's data": {`{"data":[{"id":"other"}],"page":{"pageCount":1}}`, ""},
	} {
		f := newFlatAPI(t, map[string]http.HandlerFunc{"GET /conversations": answer(200, one.body)})
		ticket, err := f.desk().FindOpened(t.Context(), opening().Marker)
		if ticket != one.want || err != nil {
			t.Errorf("%s: %q, %v", name, ticket, err)
		}
		if want := "GET /conversations?customer.patchbayTicket=12%2Fconv%2F1&order=desc&page=0&size=100"; f.calls[0] != want {
			t.Errorf("asked %s", f.calls[0])
		}
	}
}

func TestChatAPISent(t *testing.T) {
	f := newFlatAPI(t, map[string]http.HandlerFunc{
		"GET /conversations/t1/messages": answer(200, `{"messages":[
			{"interactionId":"i","originalText":"Hello!","authorType":"bot"},
			{"originalText":"I need help","authorType":"user"},
			{"originalText":"I need help","authorType":"user"},
			{"originalText":"Ada here","authorType":"agent"},{"authorType":"system"},7]}`),
	})
	user := bridge.Outgoing{Author: bot.AuthorCustomer, Text: "I need help"}
	for limit, want := range map[int][]bridge.Outgoing{
		9: {{Author: bot.AuthorBot, Text: "Hello!"}, user, user},
		1: {user},
	} {
		got, err := f.desk().Sent(t.Context(), "t1", limit)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("limit %d: %v (-want +got):\n%s", limit, err, diff)
		}
	}
	if f.calls[0] != "GET /conversations/t1/messages" {
		t.Errorf("asked %s", f.calls[0])
	}
}

func TestChatAPISendsWords(t *testing.T) {
	f := taken(t)
	err := f.desk().Send(t.Context(), "t1", bridge.Outgoing{
		Author: bot.AuthorBot, Text: "See:",
		Cards: []bot.Card{
			{ContentType: "application/vnd.microsoft.card.adaptive", Content: []byte(`{"body":[{"text":"Your order"}]}`)},
			{ContentType: "Location", Content: []byte(`{}`), Fallback: "Vienna"},
		},
		QuickReplies: []bot.QuickReply{{Title: "Yes", Value: "y"}},
		Files:        []bridge.File{{Name: "bill.pdf"}},
	})
	if want := `{"authorType":"bot","text":"See:\nYour order\nVienna\n– Yes\n[bill.pdf]"}`; string(f.body) != want || err != nil {
		t.Errorf("%v, sent %s", err, f.body)
	}
}

func TestChatAPILeave(t *testing.T) {
	for status, left := range map[int]bool{204: true, 404: true, 409: true, 410: true, 400: false, 500: false} {
		f := newFlatAPI(t, map[string]http.HandlerFunc{
			"DELETE /conversations/t1/participants/customer": answer(status, ""),
		})
		err := f.desk().Leave(t.Context(), "t1")
		if (err == nil) != left || !slices.Equal(f.calls, []string{"DELETE /conversations/t1/participants/customer"}) {
			t.Errorf("status %d: %v, %v", status, err, f.calls)
		}
	}
}

func TestChatAPIPublicKeyHasNoTenant(t *testing.T) {
	f := newFlatAPI(t, map[string]http.HandlerFunc{
		"GET /vcc/eu/chat/v2/jwk/key1/public": answer(200, jwk(testRSA().N, 65537, "")),
	})
	if _, err := f.desk().PublicKey(t.Context(), "key1"); err != nil {
		t.Error(err)
	}
}

func TestWhatTheChatAPICannot(t *testing.T) {
	f := newFlatAPI(t, nil)
	desk := f.desk()
	if can := desk.Capabilities(); can.Typing || can.Assign || can.HandBack || can.QuickReplies || can.Attachments || len(can.Cards) > 0 || can.History != 200 || can.Properties != 24 {
		t.Errorf("capabilities %+v", can)
	}
	_, errFetch := desk.Fetch(t.Context(), "t1", "a")
	_, errUpload := desk.Upload(t.Context(), "t1", bot.AuthorBot, file("a", "b", 1))
	_, errFiles := desk.Attachments(t.Context(), "t1")
	_, errMessage := desk.ReadMessage(t.Context(), "t1", "m")
	_, errCards := desk.Cards(t.Context(), "t1", "m")
	for what, err := range map[string]error{
		"typing":       desk.Typing(t.Context(), "t1"),
		"bot typing":   desk.BotTyping(t.Context(), "t1", bot.Typing{}),
		"read receipt": desk.ReadReceipt(t.Context(), "t1", bot.AuthorBot, told),
		"assign":       desk.Assign(t.Context(), "t1", lifecycle.Target{Queue: "101"}),
		"describe":     desk.Describe(t.Context(), "t1", opening()),
		"replace":      desk.Replace(t.Context(), "t1", opening()),
		"hand back":    desk.HandBack(t.Context(), "t1", "25"),
		"submit":       desk.SubmitCard(t.Context(), "t1", "c", "n"),
		"execute":      desk.ExecuteCard(t.Context(), "t1", "c", "n"),
		"fetch":        errFetch,
		"upload":       errUpload,
		"attachments":  errFiles,
		"message":      errMessage,
		"cards":        errCards,
	} {
		refused(t, what, err)
		if !strings.Contains(err.Error(), "the chat-api has no such call") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(f.calls) != 0 || f.asked() != 0 {
		t.Errorf("calls: %v", f.calls)
	}
}

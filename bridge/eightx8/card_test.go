package eightx8_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestSendShowsCards(t *testing.T) {
	adaptive := func(version string) bot.Card {
		return bot.Card{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(`{"type":"AdaptiveCard","version":"` + version + `","body":[{"text":"Hi"}]}`)}
	}
	const shown = `{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard","version":`
	for name, one := range map[string]struct {
		m    bridge.Outgoing
		want string
	}{
		"a card":               {bridge.Outgoing{Cards: []bot.Card{adaptive("1.6")}}, `{"authorType":"bot","cards":[` + shown + `"1.6","body":[{"text":"Hi"}]}}]}`},
		"of too new a version": {bridge.Outgoing{Text: "See", Cards: []bot.Card{adaptive("1.7")}}, `{"authorType":"bot","text":"See\nHi"}`},
		"version 1.10":         {bridge.Outgoing{Cards: []bot.Card{adaptive("1.10")}}, `{"authorType":"bot","text":"Hi"}`},
		"version 2":            {bridge.Outgoing{Cards: []bot.Card{adaptive("2.0")}}, `{"authorType":"bot","text":"Hi"}`},
		"version 1":            {bridge.Outgoing{Cards: []bot.Card{adaptive("1")}}, `{"authorType":"bot","text":"Hi"}`},
		"of no type":           {bridge.Outgoing{Cards: []bot.Card{{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(`{"version":"1.3","body":[{"text":"Hi"}]}`)}}}, `{"authorType":"bot","text":"Hi"}`},
		"of no version":        {bridge.Outgoing{Cards: []bot.Card{adaptive("")}}, `{"authorType":"bot","text":"Hi"}`},
		"of no known type":     {bridge.Outgoing{Cards: []bot.Card{{ContentType: "text/html", Content: json.RawMessage(`{}`), Fallback: "words"}}}, `{"authorType":"bot","text":"words"}`},
		"no object":            {bridge.Outgoing{Cards: []bot.Card{{ContentType: "Location", Content: json.RawMessage(`[]`)}}}, `{"authorType":"bot","text":"[Location]"}`},
		"quick replies": {
			bridge.Outgoing{Text: "Which?", QuickReplies: []bot.QuickReply{{Title: "A", Value: "a"}, {Title: "B"}}},
			`{"authorType":"bot","text":"Which?","cards":[{"contentType":"application/8x8.quick.replies","content":{"options":[{"title":"A","data":{"postback":"a"}},{"title":"B","data":{"postback":"B"}}]}}]}`,
		},
	} {
		g := newGateway(t, map[string]http.HandlerFunc{"POST /conversations/t1/messages": answer(202, "")})
		if err := g.desk().Send(t.Context(), "t1", one.m); err != nil || string(g.body) != one.want {
			t.Errorf("%s: %v, sent %s", name, err, g.body)
		}
	}
}

func TestTheHistoryNamesItsFiles(t *testing.T) {
	o := opening()
	o.History = []bridge.Outgoing{{
		Author: bot.AuthorCustomer, Text: "See", Files: []bridge.File{{Name: "bill.pdf"}, {}},
		Cards: []bot.Card{{ContentType: "Location", Fallback: "Vienna"}},
	}}
	sent := read(t, open(t, o))
	if text := sent.History.Messages[0].Text; text != "See\nVienna\n[bill.pdf]\n[file]" {
		t.Errorf("history says %q", text)
	}
}

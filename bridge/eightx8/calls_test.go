package eightx8_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// refused fails the test if err is not a refusal.
func refused(t *testing.T, what string, err error) {
	t.Helper()
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused || failed.Doubt {
		t.Errorf("%s: %v", what, err)
	}
}

func TestAssign(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{"PATCH /conversations/t1": answer(202, `{}`)})
	desk := g.desk()
	if err := desk.Assign(t.Context(), "t1", lifecycle.Target{Queue: "101"}); err != nil || string(g.body) != `{"assignment":{"type":"queue","id":"101"}}` {
		t.Errorf("%v, sent %s", err, g.body)
	}
	if err := desk.Assign(t.Context(), "t1", lifecycle.Target{Queue: "101", Script: "7"}); err != nil || string(g.body) != `{"assignment":{"type":"script","id":"7"}}` {
		t.Errorf("%v, sent %s", err, g.body)
	}
	refused(t, "no queue", desk.Assign(t.Context(), "t1", lifecycle.Target{}))
	refused(t, "no ticket", desk.Assign(t.Context(), "..", lifecycle.Target{Queue: "101"}))
	if len(g.calls) != 2 {
		t.Errorf("calls %v", g.calls)
	}
}

func TestDescribeAndReplace(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels":           answer(200, twoChannels),
		"PATCH /conversations/t1": answer(202, `{}`),
		"PUT /conversations/t1":   answer(202, `{}`),
	})
	desk, o := g.desk(), opening()
	for name, call := range map[string]func() error{
		"describe.json": func() error { return desk.Describe(t.Context(), "t1", o) },
		"replace.json":  func() error { return desk.Replace(t.Context(), "t1", o) },
	} {
		if err := call(); err != nil {
			t.Error(err)
		}
		golden(t, name, g.body)
	}
	o.Marker = lifecycle.Marker{}
	refused(t, "no marker", desk.Describe(t.Context(), "t1", o))
	refused(t, "no marker", desk.Replace(t.Context(), "t1", o))
}

func TestLook(t *testing.T) {
	const agents = `{"_embedded":{"participants":[{"id":"user","type":"user"},{"id":"ada","type":"agent","removed":true},{"id":"bob","type":"AGENT","removed":%s}]}}`
	for name, one := range map[string]struct {
		ticket, removed string
		want            bridge.TicketState
		calls           int
	}{
		"idle":           {`{"state":"IDLE","assignment":{"type":"queue","id":"101"}}`, "false", bridge.TicketState{Over: true, Queue: "101"}, 1},
		"with an agent":  {`{"state":"active","assignment":{"type":"agent","id":"ada"}}`, "false", bridge.TicketState{Agent: true}, 1},
		"an agent came":  {`{"state":"active","assignment":{"type":"queue","id":101}}`, "false", bridge.TicketState{Queue: "101", Agent: true}, 2},
		"agents left":    {`{"state":"active","assignment":{"type":"queue","id":"101"}}`, "true", bridge.TicketState{Queue: "101"}, 2},
		"just created":   {`{"state":"created"}`, "true", bridge.TicketState{}, 2},
		"of other types": {`{"state":[],"assignment":7}`, "true", bridge.TicketState{}, 2},
	} {
		g := newGateway(t, map[string]http.HandlerFunc{
			"GET /conversations/t1":              answer(200, one.ticket),
			"GET /conversations/t1/participants": answer(200, strings.Replace(agents, "%s", one.removed, 1)),
		})
		state, err := g.desk().Look(t.Context(), "t1")
		if diff := cmp.Diff(one.want, state); diff != "" || err != nil || len(g.calls) != one.calls {
			t.Errorf("%s: %v, calls %v (-want +got):\n%s", name, err, g.calls, diff)
		}
	}
}

func TestChatAPILook(t *testing.T) {
	for interactions, over := range map[string]bool{
		`[]`: false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00.592Z"}]`:                                                                                    false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00.592Z","endTime":"2020-08-05T12:55:00.592Z"}]`:                                               true,
		`[{"id":"1","startTime":"2020-08-05","endTime":"2020-08-05"}]`:                                                                           true,
		`[{"id":"2","startTime":"2020-08-06T11:55:00Z"},{"id":"1","startTime":"2020-08-05T11:55:00Z","endTime":"2020-08-05T12:55:00Z"}]`:         false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00Z","endTime":"2020-08-05T12:55:00Z"},{"id":"2","startTime":"2020-08-06T11:55:00Z"}]`:         false,
		`[{"id":"1","startTime":"2020-08-05T11:55:00Z"},{"id":"2","startTime":"2020-08-06T11:55:00Z","endTime":"2020-08-06T12:55:00Z"},"other"]`: true,
	} {
		f := newFlatAPI(t, map[string]http.HandlerFunc{"GET /conversations/t1": answer(200, `{"id":"t1","interactions":`+interactions+`}`)})
		state, err := f.desk().Look(t.Context(), "t1")
		if state != (bridge.TicketState{Over: over}) || err != nil {
			t.Errorf("%s: %+v, %v", interactions, state, err)
		}
	}
}

func TestHandBack(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /channels": answer(200, `{"_embedded":{"channels":[{"id":"25","name":"WhatsApp","webHookId":"12"},{"id":"26","name":"Mute"}]},"page":{"totalPages":1}}`),
		"POST /conversations/t1/post-agent-assignment": answer(201, ``),
	})
	desk := g.desk()
	for _, channel := range []string{"WhatsApp", "25"} {
		err := desk.HandBack(t.Context(), "t1", channel)
		if want := `{"type":"webhook","id":"12","configuration":{"notifyChannelWebhookIfExists":"false"}}`; string(g.body) != want || err != nil {
			t.Errorf("%v, sent %s", err, g.body)
		}
	}
	if n := g.count("GET"); n != 1 {
		t.Errorf("channels were listed %d times", n)
	}
	refused(t, "no webhook", desk.HandBack(t.Context(), "t1", "Mute"))
	refused(t, "no channel", desk.HandBack(t.Context(), "t1", "None"))
}

func TestSignals(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"POST /conversations/t1/typing":       answer(204, ""),
		"POST /conversations/t1/thinking":     answer(204, ""),
		"POST /conversations/t1/read-receipt": answer(204, ""),
	})
	desk := g.desk()
	shown := func(t bot.Typing) func() error {
		return func() error { return desk.BotTyping(g.t.Context(), "t1", t) }
	}
	for _, one := range []struct {
		call       func() error
		path, body string
	}{
		{shown(bot.Typing{For: 3 * time.Second}), "typing", `{"authorType":"bot"}`},
		{shown(bot.Typing{For: 11 * time.Second}), "thinking", `{"authorType":"bot","maxThinkingTimeSeconds":11}`},
		{shown(bot.Typing{For: 1, Thinking: true}), "thinking", `{"authorType":"bot","maxThinkingTimeSeconds":1}`},
		{shown(bot.Typing{For: time.Hour}), "thinking", `{"authorType":"bot","maxThinkingTimeSeconds":600}`},
		{shown(bot.Typing{}), "", ""},
		{func() error { return desk.ReadReceipt(t.Context(), "t1", bot.AuthorCustomer, told) }, "read-receipt", `{"authorType":"user","readAt":1777636790123}`},
		{func() error { return desk.ReadReceipt(t.Context(), "t1", bot.AuthorBot, told) }, "read-receipt", `{"authorType":"bot","readAt":1777636790123}`},
	} {
		g.calls, g.body = nil, nil
		err := one.call()
		var want []string
		if one.path != "" {
			want = []string{"POST /conversations/t1/" + one.path}
		}
		if err != nil || !slices.Equal(g.calls, want) || string(g.body) != one.body {
			t.Errorf("%v: %v %s, want %s", err, g.calls, g.body, one.body)
		}
	}
	refused(t, "no time", desk.ReadReceipt(t.Context(), "t1", bot.AuthorBot, time.Time{}))
}

func TestCardActions(t *testing.T) {
	const at = "PUT /api/v1/tenant/tenant01/conversations/t1/cards/c1/"
	g := newGateway(t, map[string]http.HandlerFunc{at + "action-submit": answer(204, ""), at + "action-execute": answer(204, "")})
	desk := g.desk()
	for _, call := range []func() error{
		func() error { return desk.SubmitCard(t.Context(), "t1", "c1", "patchbay") },
		func() error { return desk.ExecuteCard(t.Context(), "t1", "c1", "patchbay") },
	} {
		if err := call(); err != nil || string(g.body) != `{"name":"patchbay"}` {
			t.Errorf("%v, sent %s", err, g.body)
		}
	}
	refused(t, "no card", desk.SubmitCard(t.Context(), "t1", "", "patchbay"))
}

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
	for card, want := range map[*bot.Card]bool{ptr(adaptive("1.6")): true, ptr(adaptive("1.7")): false} {
		if got := newGateway(t, nil).desk().Shows(*card); got != want {
			t.Errorf("%s: %t", card.Content, got)
		}
	}
}

func ptr[T any](value T) *T { return &value }

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

func TestTickets(t *testing.T) {
	const item = `{"id":"vXg39","channelId":"25","state":"ACTIVE","assignment":{"type":"queue","id":"101"},
		"user":{"userId":"c-7","name":"Jane","email":"j@x","phone":"1","company":"ACME","language":"de","additionalProperties":[{"key":"tier","value":"gold"},{"key":"patchbayTicket","value":"12/conv/1"}]}}`
	want := eightx8.Ticket{
		ID: "vXg39", Channel: "25", State: "active", Assigned: "queue", AssignedTo: "101", Language: "de",
		Customer: bot.Customer{ID: "c-7", Name: "Jane", Email: "j@x", Phone: "1", Properties: map[string]string{"company": "ACME", "tier": "gold"}},
		Marker:   opening().Marker,
	}
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /conversations":       answer(200, `{"_embedded":{"conversations":[`+item+`]},"page":{"totalPages":3}}`),
		"GET /conversations/vXg39": answer(200, item),
	})
	page, err := g.desk().Tickets(t.Context(), eightx8.TicketFilter{FIQL: "state==active", NewestFirst: true, Page: 2, Size: 10})
	if diff := cmp.Diff(eightx8.TicketPage{Tickets: []eightx8.Ticket{want}, Pages: 3}, page); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if g.calls[0] != "GET /conversations?filter=state%3D%3Dactive&page=2&size=10&sort=id%3Adesc" {
		t.Errorf("asked %s", g.calls[0])
	}
	if one, err := g.desk().ReadTicket(t.Context(), "vXg39"); cmp.Diff(want, one) != "" || err != nil {
		t.Errorf("read %+v, %v", one, err)
	}
	_, err = g.desk().Tickets(t.Context(), eightx8.TicketFilter{Status: "handling"})
	refused(t, "status on the gateway", err)
}

func TestChatAPITickets(t *testing.T) {
	const item = `{"id":"vXg39","channelId":"25","startTime":"2020-08-05T11:55:00.592Z",
		"customer":{"customerId":"c-7","name":"Jane","language":"de","tier":"gold","patchbayTicket":"12/conv/1"},
		"interactions":[{"id":"i1","startTime":"2020-08-05T11:55:00.592Z","endTime":"2020-08-06"}]}`
	began := time.Date(2020, 8, 5, 11, 55, 0, 592e6, time.UTC)
	want := eightx8.Ticket{
		ID: "vXg39", Channel: "25", Language: "de", Began: began,
		Customer:     bot.Customer{ID: "c-7", Name: "Jane", Properties: map[string]string{"tier": "gold"}},
		Marker:       opening().Marker,
		Interactions: []eightx8.Interaction{{ID: "i1", Began: began, Ended: time.Date(2020, 8, 6, 0, 0, 0, 0, time.UTC)}},
	}
	f := newFlatAPI(t, map[string]http.HandlerFunc{
		"GET /conversations":       answer(200, `{"data":[`+item+`],"page":{"pageCount":1}}`),
		"GET /conversations/vXg39": answer(200, item),
	})
	page, err := f.desk().Tickets(t.Context(), eightx8.TicketFilter{
		Channel: "25", Status: "handling", UserID: "u", Email: "j@x", Customer: map[string]string{"tier": "gold"}, NewestFirst: true,
	})
	if diff := cmp.Diff(eightx8.TicketPage{Tickets: []eightx8.Ticket{want}, Pages: 1}, page); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if f.calls[0] != "GET /conversations?channel-id=25&customer.email=j%40x&customer.tier=gold&order=desc&page=0&size=100&status=handling&userId=u" {
		t.Errorf("asked %s", f.calls[0])
	}
	if all, err := f.desk().Interactions(t.Context(), "vXg39"); cmp.Diff(want.Interactions, all) != "" || err != nil {
		t.Errorf("interactions %+v, %v", all, err)
	}
	_, err = f.desk().Tickets(t.Context(), eightx8.TicketFilter{FIQL: "a==b"})
	refused(t, "FIQL on the chat-api", err)
}

func TestListsOfATicket(t *testing.T) {
	g := newGateway(t, map[string]http.HandlerFunc{
		"GET /conversations/t1/interactions": answer(200, `{"_embedded":{"interactions":[{"id":"i1","startTime":"2020-08-05T11:55:00Z"}]}}`),
		"GET /conversations/t1/participants": answer(200, `{"data":[{"id":"ada","type":"agent","removed":true,"language":"en"}]}`),
		"GET /conversations/t1/messages": answer(200, `{"_embedded":{"messages":[
			{"id":"m1","text":"hi","createdAt":"2020-08-05T11:55:00Z","author":{"id":"ada","type":"agent"},"attachments":[{"id":"a1"}],"cards":[{"id":"c1","contentType":"Location","content":{}}]},
			{"id":"m2","text":"joined","author":{"type":"system"}}]},"page":{"totalPages":1}}`),
		"GET /conversations/t1/messages/m1":       answer(200, `{"id":"m1","text":"hi","author":{"type":"user"}}`),
		"GET /conversations/t1/messages/m1/cards": answer(200, `{"cards":[{"id":"c1","contentType":"Location","content":{},"actionSubmitted":true}],"page":{"totalPages":1}}`),
		"GET /conversations/t1/attachments":       answer(200, `{"_embedded":{"attachments":[{"id":"a1","filename":"cat.png","sizeInBytes":4166,"createdAt":"2020-08-05T11:55:00Z"},{"id":"a2","filename":"b","size":7,"type":"image/png"}]},"page":{"totalPages":1}}`),
	})
	desk, at := g.desk(), time.Date(2020, 8, 5, 11, 55, 0, 0, time.UTC)
	location := eightx8.MessageCard{ID: "c1", Card: bot.Card{ContentType: "Location", Content: json.RawMessage(`{}`)}}
	check := func(what string, want, got any, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", what, err, diff)
		}
	}
	interactions, err := desk.Interactions(t.Context(), "t1")
	check("interactions", []eightx8.Interaction{{ID: "i1", Began: at}}, interactions, err)
	participants, err := desk.Participants(t.Context(), "t1")
	check("participants", []eightx8.Participant{{ID: "ada", Type: "agent", Removed: true, Language: "en"}}, participants, err)
	messages, err := desk.Messages(t.Context(), "t1", 10)
	check("messages", []eightx8.Message{
		{ID: "m1", Author: bot.AuthorAgent, AuthorID: "ada", Text: "hi", At: at, Attachments: []string{"a1"}, Cards: []eightx8.MessageCard{location}},
		{ID: "m2", Author: bot.AuthorSystem, Text: "joined"},
	}, messages, err)
	message, err := desk.ReadMessage(t.Context(), "t1", "m1")
	check("message", eightx8.Message{ID: "m1", Author: bot.AuthorCustomer, Text: "hi"}, message, err)
	location.Submitted = true
	cards, err := desk.Cards(t.Context(), "t1", "m1")
	check("cards", []eightx8.MessageCard{location}, cards, err)
	files, err := desk.Attachments(t.Context(), "t1")
	check("attachments", []eightx8.Attachment{
		{ID: "a1", Name: "cat.png", Size: 4166, CreatedAt: at}, {ID: "a2", Name: "b", Size: 7, ContentType: "image/png"},
	}, files, err)
}

func TestChatAPIListsOfATicket(t *testing.T) {
	for name, body := range map[string]string{
		"one object": `{"participants":{"id":"ada","type":"agent"}}`,
		"a list":     `{"participants":[{"id":"ada","type":"agent"}]}`,
	} {
		f := newFlatAPI(t, map[string]http.HandlerFunc{
			"GET /conversations/t1/participants": answer(200, body),
			"GET /conversations/t1/messages":     answer(200, `{"messages":[{"originalText":"hi","authorType":"agent","participantId":"ada"}]}`),
		})
		got, err := f.desk().Participants(t.Context(), "t1")
		if diff := cmp.Diff([]eightx8.Participant{{ID: "ada", Type: "agent"}}, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		said, err := f.desk().Messages(t.Context(), "t1", 5)
		if diff := cmp.Diff([]eightx8.Message{{Author: bot.AuthorAgent, AuthorID: "ada", Text: "hi"}}, said); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

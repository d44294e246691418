package eightx8_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

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

package simulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const adaptiveCard = `{"contentType":"application/vnd.microsoft.card.adaptive",
	"content":{"type":"AdaptiveCard","version":"1.6","body":[{"type":"TextBlock","text":"Rate us"}]}}`

const quickReplyCard = `{"contentType":"application/8x8.quick.replies",
	"content":{"options":[{"title":"Yes","data":{"postback":"y"}},{"title":"No","data":{"postback":"n"}}]}}`

func TestCards(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		at := "/conversations/" + b.open()
		b.told()
		sent := b.gateway("POST", at+"/messages", `{"authorType":"bot","text":"so?","cards":[`+adaptiveCard+`,`+quickReplyCard+`,
			{"contentType":"Location","content":{"latitude":1}}]}`)
		if sent.status != 202 || len(sent.raw) != 0 {
			t.Fatalf("send: %d %s", sent.status, sent.raw)
		}
		event := reply{body: b.webhooks()[0].event}
		if event.text("data.cards.1.content.options.0.title") != "Yes" || event.get("data.cards.0.id") != nil {
			t.Errorf("event: %v", event.body)
		}
		list := b.gateway("GET", at+"/messages", nil)
		if len(list.list("_embedded.messages.0.cards")) != 3 {
			t.Errorf("messages: %s", list.raw)
		}
		message := at + "/messages/" + list.text("_embedded.messages.0.id")
		if one := b.gateway("GET", message, nil); one.text("cards.2.contentType") != "Location" {
			t.Errorf("message: %s", one.raw)
		}
		cards := b.gateway("GET", message+"/cards?sort=createdAt:asc", nil)
		id := cards.text("_embedded.cards.0.id")
		if id == "" || cards.get("_embedded.cards.0.actionSubmitted") != false {
			t.Errorf("cards: %s", cards.raw)
		}
		b.told()
		act := func(card, action, body string) reply {
			path := cardActionPath + "/tenant01" + at + "/cards/" + card + "/action-" + action
			r, err := b.send(b.t.Context(), "PUT", path, map[string][]string{"X-Api-Key": {"simulator"}}, body)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		for _, action := range []string{"submit", "execute"} {
			if r := act(id, action, `{"name":"8x8"}`); r.status != 204 {
				t.Errorf("%s: %d %s", action, r.status, r.raw)
			}
		}
		b.expect(
			"ACTIVITY adaptiveCard/action map[data:map[] type:Action.Submit]",
			"ACTIVITY adaptiveCard/action map[data:map[] type:Action.Execute]",
		)
		cards = b.gateway("GET", message+"/cards?size=1&sort=createdAt:asc", nil)
		if cards.get("_embedded.cards.0.actionSubmitted") != true || cards.get("_embedded.cards.0.actionExecuted") != true {
			t.Errorf("after the actions: %s", cards.raw)
		}
		if r := act("x", "submit", `{}`); r.status != 404 || r.text("errors.0.code") != "resource_not_found" {
			t.Errorf("no such card: %d %s", r.status, r.raw)
		}
		quick := b.gateway("GET", message+"/cards?sort=createdAt:asc", nil).text("_embedded.cards.1.id")
		if r := act(quick, "submit", `{}`); r.status != 400 || r.text("errors.0.code") != "invalid_card" {
			t.Errorf("quick replies: %d %s", r.status, r.raw)
		}
		if r := b.gateway("GET", at+"/messages/x/cards", nil); r.status != 404 {
			t.Errorf("no such message: %d %s", r.status, r.raw)
		}
	})
}

func TestExternalProvider(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		at := "/conversations/" + b.open() + "/messages"
		b.gateway("POST", at, `{"authorType":"user","externalProvider":{"name":"X","externalMessageId":"12"}}`)
		list := b.gateway("GET", at, nil)
		want := map[string]any{"name": "X", "externalMessageId": "12"}
		if diff := cmp.Diff(want, list.get("_embedded.messages.0.externalProvider")); diff != "" {
			t.Errorf("external provider (-want +got):\n%s", diff)
		}
	})
}

func TestScriptAsAssignment(t *testing.T) {
	inBox(t, Options{Flows: []Flow{{ID: "9", Queue: "102"}}}, func(b *box) {
		b.gateway("POST", "/conversations", `{"channelId":"7","user":{},"assignment":{"type":"script","id":"9"}}`)
		b.expect(
			"CONVERSATION_UPDATE created script 9",
			"CONVERSATION_UPDATE active script 9",
			"MEMBERS_CHANGED user user joined",
			"CONVERSATION_UPDATE active queue 102",
			"QUEUED 102 Billing",
		)
		id := b.open()
		b.told()
		b.gateway("PATCH", "/conversations/"+id, `{"assignment":{"type":"script","id":"9"}}`)
		b.expect("CONVERSATION_UPDATE active script 9", "CONVERSATION_UPDATE active queue 102", "QUEUED 102 Billing")
	})
}

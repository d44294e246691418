package simulator

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

func TestAgentSendsCardsAndFiles(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.open()
		b.control("POST", "/agents/ada/accept", nil)
		b.told()
		b.control("POST", "/agents/ada/card", `{"text":"please choose",`+quickReplyCard[1:])
		b.control("POST", "/agents/ada/attach", `{"filename":"a.gif","content":"R0lGODlh"}`)
		sent := b.webhooks()
		card, file := reply{body: sent[0].event}, reply{body: sent[1].event}
		if card.text("data.text") != "please choose" || card.text("data.cards.0.contentType") != quickRepliesType {
			t.Errorf("card: %v", card.body)
		}
		if file.text("data.attachments.0.type") != "image" || file.text("data.sender.type") != "agent" {
			t.Errorf("file: %v", file.body)
		}
		for path, body := range map[string]string{"card": `{"contentType":"text/html","content":{}}`, "attach": `{"content":"R0lGODlh"}`} {
			if r, _ := b.send(t.Context(), "POST", controlPath+"/agents/ada/"+path, nil, body); r.status != 400 {
				t.Errorf("%s: %d %s", path, r.status, r.raw)
			}
		}
	})
}

func TestSeveralAgents(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		at := "/conversations/" + id
		b.control("POST", "/agents/ada/accept", nil)
		b.told()
		b.control("POST", "/agents/ada/invite", `{"agent":"bob"}`)
		b.control("POST", "/agents/bob/say", `{"text":"Bob here too"}`)
		b.expect("MEMBERS_CHANGED agent bob joined", "MESSAGE agent bob echo=false: Bob here too")
		for call, want := range map[[2]string]string{
			{"/agents/ada/invite", `{"agent":"bob"}`}:   "409 not_available",
			{"/agents/ada/invite", `{"agent":"x"}`}:     "404 not_found",
			{"/agents/bob/transfer", `{"queue":"102"}`}: "409 only_a_guest",
		} {
			r, _ := b.send(t.Context(), "POST", controlPath+call[0], nil, call[1])
			if got := strconv.Itoa(r.status) + " " + r.text("error.code"); got != want {
				t.Errorf("%v: %d %s, want %s", call, r.status, r.raw, want)
			}
		}
		b.control("POST", "/agents/ada/leave", nil)
		b.expect("MEMBERS_CHANGED agent ada left", "CONVERSATION_UPDATE active agent bob")
		people := b.gateway("GET", at+"/participants", nil)
		if people.get("_embedded.participants.1.removed") != true || people.get("_embedded.participants.2.removed") != false {
			t.Errorf("participants: %s", people.raw)
		}
		b.control("POST", "/agents/bob/invite", `{"agent":"ada"}`)
		b.gateway("PATCH", at+"/participants/user", `{"removed":true}`)
		b.expect("MEMBERS_CHANGED agent ada joined", "MEMBERS_CHANGED user user left",
			"MEMBERS_CHANGED agent ada left", "MEMBERS_CHANGED agent bob left", "CONVERSATION_UPDATE idle queue 101")
		if r := b.control("GET", "/agents/bob", nil); len(r.list("handling")) != 0 {
			t.Errorf("bob: %s", r.raw)
		}
	})
}

func TestGuestLeavesFirst(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.open()
		b.control("POST", "/agents/ada/accept", nil)
		b.control("POST", "/agents/ada/invite", `{"agent":"bob"}`)
		b.told()
		b.control("POST", "/agents/bob/leave", nil)
		b.expect("MEMBERS_CHANGED agent bob left")
		b.control("POST", "/agents/ada/transfer", `{"queue":"102"}`)
		b.expect("TRANSFER", "MEMBERS_CHANGED agent ada left", "CONVERSATION_UPDATE active queue 102", "QUEUED 102 Billing")
	})
}

func TestScriptedCardAndFile(t *testing.T) {
	script, err := ParseScript([]byte(`
agents:
  - id: ada
    queues: ["101"]
    script:
      - {on: offered, do: accept}
      - {on: joined, do: card, text: "Which one?", card: {content: {type: AdaptiveCard, version: "1.3"}}}
      - {on: then, after: 1s, do: attach, file: {name: terms.txt, text: "the terms"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	inBox(t, Options{Agents: script.Agents}, func(b *box) {
		id := b.open()
		time.Sleep(2 * time.Second)
		said := b.control("GET", "/conversations/"+id, nil)
		if said.text("messages.0.cards.0.contentType") != adaptiveType || said.text("messages.1.attachments.0.filename") != "terms.txt" {
			t.Errorf("said: %s", said.raw)
		}
	})
	for _, wrong := range []string{"do: card", "do: card, card: {content: {}}", "do: attach", "do: attach, file: {text: x}"} {
		if _, err := ParseScript([]byte("agents: [{id: a, script: [{on: joined, " + wrong + "}]}]")); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

// An agent of the Chat API is told of by name; cards have no event there.
func TestChatAgentSendsACard(t *testing.T) {
	inBox(t, chatOptions(), func(b *box) {
		b.chatOpen()
		b.control("POST", "/agents/ada/accept", nil)
		b.control("POST", "/agents/ada/card", quickReplyCard)
		b.expectFlat("QUEUED 101 Support", "AGENT_JOINED ada Ada")
		if r, _ := b.send(t.Context(), "GET", controlPath+"/state", http.Header{}, nil); r.text("conversations.agent") != "1" {
			t.Errorf("state: %s", r.raw)
		}
	})
}

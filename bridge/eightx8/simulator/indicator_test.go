package simulator

import (
	"testing"
	"time"
)

func TestIndicators(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		at := "/conversations/" + id
		b.told()
		for call, body := range map[string]any{
			"/typing":       `{"authorType":"user"}`,
			"/thinking":     nil,
			"/read-receipt": `{"authorType":"user","readAt":1770200431963}`,
		} {
			if r := b.gateway("POST", at+call, body); r.status != 204 || len(r.raw) != 0 {
				t.Errorf("%s: %d %s", call, r.status, r.raw)
			}
		}
		b.expect([]string{}...)
		seen := b.control("GET", at, nil)
		until := time.Now().Add(time.Minute).UTC().Format("2006-01-02T15:04:05.000Z")
		if seen.get("typing.user") == nil || seen.text("thinkingUntil") != until || seen.text("readUntil.user") != "2026-02-04T10:20:31.963Z" {
			t.Errorf("seen: %s", seen.raw)
		}
		for _, call := range []string{"typing", "thinking", "read-receipt", "post-agent-assignment"} {
			if r := b.gateway("POST", "/conversations/x/"+call, `{}`); r.status != 404 || r.text("errors.0.code") != "resource_not_found" {
				t.Errorf("%s: %d %s", call, r.status, r.raw)
			}
		}
	})
}

func TestPostAgentAssignment(t *testing.T) {
	hooks := []Webhook{
		{ID: "12", Name: "host", URI: "https://hooks.example/8x8"},
		{ID: "13", Name: "survey", URI: "https://hooks.example/survey"},
	}
	assign := func(configuration string) string {
		return `{"type":"webhook","id":"13","configuration":{` + configuration + `}}`
	}
	inBox(t, Options{Webhooks: hooks}, func(b *box) {
		id := b.open()
		b.control("POST", "/agents/ada/accept", nil)
		r := b.gateway("POST", "/conversations/"+id+"/post-agent-assignment",
			assign(`"notifyChannelWebhookIfExists":"true","maxTotalMinutes":60,"userTimeoutInMinutes":10`))
		if r.status != 201 || len(r.raw) != 0 {
			t.Fatalf("assign: %d %s", r.status, r.raw)
		}
		b.told()
		b.control("POST", "/agents/ada/leave", nil)
		b.expect(
			"MEMBERS_CHANGED agent ada left",
			"CONVERSATION_UPDATE active script bot", // to the survey's webhook
			"CONVERSATION_UPDATE active script bot", // and to the channel's
		)
		if got := b.control("GET", "/conversations/"+id, nil).text("holder"); got != "bot" {
			t.Errorf("holder: %s", got)
		}
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"bot","text":"how was it?"}`)
		b.told()
		time.Sleep(9 * time.Minute)
		b.expect([]string{}...)
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"good"}`)
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"bot","text":"why?"}`)
		b.told()
		time.Sleep(10 * time.Minute)
		b.expect("CONVERSATION_UPDATE idle script bot", "CONVERSATION_UPDATE idle script bot")
	})
	inBox(t, Options{Webhooks: hooks}, func(b *box) {
		id := b.open()
		b.gateway("POST", "/conversations/"+id+"/post-agent-assignment", assign(`"maxTotalMinutes":20`))
		b.control("POST", "/agents/ada/accept", nil)
		b.control("POST", "/agents/ada/leave", nil)
		b.told()
		b.gateway("PATCH", "/conversations/"+id, `{"assignment":{"type":"queue","id":"101"}}`)
		b.expect("CONVERSATION_UPDATE active queue 101", "QUEUED 101 Support")
		time.Sleep(time.Hour) // the time is no longer the bot's
		b.expect([]string{}...)
		b.control("POST", "/agents/ada/accept", nil)
		b.control("POST", "/agents/ada/leave", nil) // the assignment was for once
		b.expect("MEMBERS_CHANGED agent ada joined", "CONVERSATION_UPDATE active agent ada",
			"MEMBERS_CHANGED agent ada left", "CONVERSATION_UPDATE idle queue 101")
	})
}

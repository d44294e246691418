package simulator

import (
	"strconv"
	"testing"
)

// lineOptions are a WhatsApp channel 8, whose webhook is the box's receiver.
func lineOptions() Options {
	return Options{Channels: []Channel{
		{ID: "7", Name: "Web support", Queue: "101", WebhookID: "12"},
		{ID: "8", Name: "WhatsApp DE", Type: "WhatsApp", Queue: "101", WebhookID: "12"},
	}}
}

// The whole way of a customer of an 8x8 line: bot, queue, agent, bot.
func TestCustomerOfALine(t *testing.T) {
	inBox(t, lineOptions(), func(b *box) {
		mia := b.control("POST", "/customers",
			`{"id":"mia","channel":"WhatsApp DE","name":"Mia","userId":"u1","msisdn":"+49301234567","language":"de"}`)
		at := "/conversations/" + mia.text("conversationId")
		first := reply{body: b.webhooks()[1].event}
		if first.text("data.channel") != "WhatsApp" || first.text("data.msisdn") != "+49301234567" ||
			first.text("data.user.userId") != "u1" || first.text("data.assignment.resourceId") != "12" {
			t.Errorf("active: %v", first.body)
		}
		b.expect(
			"CONVERSATION_UPDATE created script bot",
			"CONVERSATION_UPDATE active script bot",
			"MEMBERS_CHANGED user user joined",
		)
		b.gateway("POST", at+"/typing", `{"authorType":"bot"}`)
		if b.control("GET", "/customers/mia", nil).get("typing") != true {
			t.Error("the customer does not see the bot typing")
		}
		b.gateway("POST", at+"/messages", `{"authorType":"bot","text":"Hello, I am the bot."}`)
		b.control("POST", "/customers/mia/typing", nil)
		b.control("POST", "/customers/mia/say", `{"text":"a person, please"}`)
		b.expect(
			"MESSAGE bot bot echo=true: Hello, I am the bot.",
			"ACTIVITY typing map[users:[map[id:user type:user]]]",
			"MESSAGE user user echo=false: a person, please",
		)
		if r := b.gateway("PATCH", at, `{"assignment":{"type":"queue","id":"102"}}`); r.status != 202 {
			t.Fatalf("assign: %d %s", r.status, r.raw)
		}
		b.gateway("POST", at+"/post-agent-assignment", `{"type":"webhook","id":"12"}`)
		b.control("POST", "/agents/bob/accept", nil)
		b.control("POST", "/agents/bob/say", `{"text":"Bob here"}`)
		b.control("POST", "/customers/mia/say", `{"text":"hello Bob"}`)
		b.control("POST", "/agents/bob/leave", nil)
		b.expect(
			"CONVERSATION_UPDATE active queue 102", "QUEUED 102 Billing",
			"MEMBERS_CHANGED agent bob joined", "CONVERSATION_UPDATE active agent bob",
			"MESSAGE agent bob echo=false: Bob here",
			"MESSAGE user user echo=false: hello Bob", // to the agent by 8x8 itself; the webhook hears of it
			"MEMBERS_CHANGED agent bob left", "CONVERSATION_UPDATE active script bot",
		)
		seen := b.control("GET", "/customers/mia", nil)
		if len(seen.list("messages")) != 4 || seen.text("messages.2.text") != "Bob here" || seen.text("holder") != "bot" || seen.get("typing") != false {
			t.Errorf("the customer sees %s", seen.raw)
		}
		b.control("POST", "/customers/mia/leave", nil)
		b.control("POST", "/customers/mia/say", `{"text":"one more thing"}`)
		b.expect(
			"MEMBERS_CHANGED user user left", "CONVERSATION_UPDATE idle script bot",
			"MESSAGE user user echo=false: one more thing",
			"CONVERSATION_UPDATE active queue 102", "MEMBERS_CHANGED user user joined", "QUEUED 102 Billing",
		)
	})
}

func TestCustomerNeverQueuedReturnsToTheBot(t *testing.T) {
	inBox(t, lineOptions(), func(b *box) {
		r := b.control("POST", "/customers", `{"channel":"8","name":"Max","text":"hi"}`)
		b.control("POST", "/customers/"+r.text("id")+"/leave", nil)
		b.told()
		b.control("POST", "/customers/"+r.text("id")+"/say", `{"text":"hi again"}`)
		b.expect(
			"MESSAGE user user echo=false: hi again",
			"CONVERSATION_UPDATE active script bot",
			"MEMBERS_CHANGED user user joined",
		)
	})
}

func TestCustomerPressesAttachesAndReads(t *testing.T) {
	inBox(t, lineOptions(), func(b *box) {
		r := b.control("POST", "/customers", `{"channel":"8","name":"Max"}`)
		me, at := "/customers/"+r.text("id"), "/conversations/"+r.text("conversationId")
		b.gateway("POST", at+"/messages", `{"authorType":"bot","text":"so?","cards":[`+adaptiveCard+`,`+quickReplyCard+`]}`)
		b.told()
		b.control("POST", me+"/press", `{"title":"No"}`)
		b.control("POST", me+"/press", `{"payload":"y"}`)
		b.control("POST", me+"/press", `{"data":{"stars":5}}`)
		b.control("POST", me+"/press", `{"data":{"stars":1},"execute":true}`)
		b.control("POST", me+"/press", `{"name":"interactive/reply","value":{"id":"r1"}}`)
		b.control("POST", me+"/attach", `{"filename":"a.gif","content":"R0lGODlh","text":"look"}`)
		b.expect(
			"ACTIVITY quickReply/action map[data:map[payload:n title:No] type:postback]",
			"ACTIVITY quickReply/action map[data:map[payload:y title:Yes] type:postback]",
			"ACTIVITY adaptiveCard/action map[data:map[stars:5] type:Action.Submit]",
			"ACTIVITY adaptiveCard/action map[data:map[stars:1] type:Action.Execute]",
			"ACTIVITY interactive/reply map[id:r1]",
			"MESSAGE user user echo=false: look",
		)
		b.control("POST", me+"/read", nil)
		if w := (reply{body: b.webhooks()[0].event}); w.text("data.name") != "read-receipts" || w.text("data.value.0.users.0.id") != "user" {
			t.Errorf("read: %v", w.body)
		}
		files := b.gateway("GET", at+"/attachments", nil)
		content := b.gateway("GET", at+"/attachments/"+files.text("_embedded.attachments.0.id")+"/content", nil)
		if string(content.raw) != "GIF89a" {
			t.Errorf("content: %q", content.raw)
		}
		for body, code := range map[string]string{
			`{"title":"Maybe"}`: "409 nothing_to_press", `{"cardId":"x"}`: "404 not_found", `{"name":"n"}`: "400 required",
		} {
			r, _ := b.send(t.Context(), "POST", controlPath+me+"/press", nil, body)
			if got := strconv.Itoa(r.status) + " " + r.text("error.code"); got != code {
				t.Errorf("%s: %d %s", body, r.status, r.raw)
			}
		}
	})
}

func TestCustomerRefusals(t *testing.T) {
	inBox(t, lineOptions(), func(b *box) {
		one := b.control("POST", "/customers", `{"id":"max","channel":"8"}`)
		for body, code := range map[string]string{
			`{"channel":"7"}`:                         "invalid_channel", // a ChatAPI channel
			`{"channel":"9"}`:                         "invalid_channel",
			`{"channel":"8","id":"max"}`:              "taken",
			`{"channel":"8","id":"a/b"}`:              "invalid_id",
			`{"channel":"8","language":"tlh"}`:        "invalid_language",
			`{"channel":"8","phone_number":"+49301"}`: "invalid_json_object",
		} {
			r, _ := b.send(t.Context(), "POST", controlPath+"/customers", nil, body)
			if r.status != 400 || r.text("error.code") != code {
				t.Errorf("%s: %d %s, want %s", body, r.status, r.raw, code)
			}
		}
		at := "/conversations/" + one.text("conversationId")
		if r := b.gateway("POST", at+"/messages", `{"authorType":"user","text":"x"}`); r.text("errors.code") != "invalid_author_type" {
			t.Errorf("speaking for the customer: %d %s", r.status, r.raw)
		}
		if r := b.gateway("POST", at+"/read-receipt", `{"authorType":"user","readAt":1}`); r.text("errors.0.code") != "invalid_author_type" {
			t.Errorf("reading for the customer: %d %s", r.status, r.raw)
		}
		if r := b.gateway("POST", "/conversations", `{"channelId":"8","user":{}}`); r.text("errors.0.code") != "invalid_channel" {
			t.Errorf("creating one: %d %s", r.status, r.raw)
		}
		if n := len(b.gateway("GET", "/channels?filter=type==WhatsApp", nil).list("_embedded.channels")); n != 1 {
			t.Errorf("%d WhatsApp channels", n)
		}
		if r := b.chat("GET", at, nil); r.status != 404 {
			t.Errorf("the Chat API shows it: %d %s", r.status, r.raw)
		}
		if n := len(b.chat("GET", "/channels", nil).list("data")); n != 1 {
			t.Errorf("the Chat API lists %d channels, want its own alone", n)
		}
	})
}

func TestLineWithoutAWebhookGoesToItsQueue(t *testing.T) {
	o := Options{Channels: []Channel{{ID: "8", Name: "SMS", Type: "SMS", Queue: "102"}}}
	inBox(t, o, func(b *box) {
		b.control("POST", "/customers", `{"channel":"8","text":"hi"}`)
		if r := b.control("POST", "/agents/bob/accept", nil); r.text("messages.0.text") != "hi" {
			t.Errorf("accepted: %s", r.raw)
		}
	})
}

package simulator

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const chatBase = "/vcc/us/chat/v2/tenant/tenant01"

// chatOptions are a channel 7 (queue 101) whose webhook wants the Chat API's
// events.
func chatOptions() Options {
	return Options{Webhooks: []Webhook{{ID: "12", Name: "host", URI: "https://hooks.example/8x8", Version: "v2.0"}}}
}

// token asks for a token of the Chat API.
func (b *box) token(key, secret, form string) reply {
	b.t.Helper()
	header := http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"+secret))},
		"Content-Type":  {"application/x-www-form-urlencoded"},
	}
	r, err := b.send(b.t.Context(), "POST", tokenPath, header, form)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// chat calls the Chat API with a token of its own, path as below the tenant.
func (b *box) chat(method, path string, body any) reply {
	b.t.Helper()
	token := b.token("simulator", "secret", "grant_type=client_credentials").text("access_token")
	r, err := b.send(b.t.Context(), method, chatBase+path, http.Header{"Authorization": {"Bearer " + token}}, body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// chatOpen creates a conversation for a customer called Mia.
func (b *box) chatOpen() string {
	b.t.Helper()
	r := b.chat("POST", "/conversations",
		`{"channelId":"7","customer":{"name":"Mia","patchbayTicket":"t1"},"user":{"name":"Mia","patchbayTicket":"t1"}}`)
	if r.status != http.StatusAccepted {
		b.t.Fatalf("create: %d %s", r.status, r.raw)
	}
	return r.text("conversationId")
}

func TestChatToken(t *testing.T) {
	inBox(t, Options{TokenLife: time.Minute}, func(b *box) {
		r := b.token("simulator", "secret", "grant_type=client_credentials")
		if r.status != 200 || r.get("expires_in") != "60" || r.get("issued_at") != strconv.FormatInt(time.Now().UnixMilli(), 10) {
			t.Errorf("token: %d %s", r.status, r.raw)
		}
		header := http.Header{"Authorization": {"Bearer " + r.text("access_token")}}
		list := func() reply {
			r, _ := b.send(t.Context(), "GET", chatBase+"/channels", header, nil)
			return r
		}
		if r := list(); r.status != 200 {
			t.Errorf("with a token: %d %s", r.status, r.raw)
		}
		time.Sleep(time.Minute)
		if r := list(); r.status != 401 || r.text("fault.detail.errorcode") != "keymanagement.service.invalid_access_token" {
			t.Errorf("after its life: %d %s", r.status, r.raw)
		}
		for form, want := range map[string]string{"grant_type=password": "invalid_request", "": "invalid_request"} {
			if r := b.token("simulator", "secret", form); r.status != 400 || r.text("ErrorCode") != want {
				t.Errorf("%q: %d %s", form, r.status, r.raw)
			}
		}
		if r := b.token("simulator", "wrong", "grant_type=client_credentials"); r.status != 401 || r.text("ErrorCode") != "invalid_client" {
			t.Errorf("wrong secret: %d %s", r.status, r.raw)
		}
	})
}

func TestChatTokensExpireOnDemand(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		use := func() (string, int) {
			token := b.token("simulator", "secret", "grant_type=client_credentials").text("access_token")
			r, _ := b.send(t.Context(), "GET", chatBase+"/channels", http.Header{"Authorization": {"Bearer " + token}}, nil)
			return token, r.status
		}
		b.faults(`[{"match":"GET /channels","times":1,"expire_token":true}]`)
		if _, status := use(); status != 401 {
			t.Errorf("the rule acts: %d", status)
		}
		token, status := use()
		if status != 200 {
			t.Errorf("the rule is used up: %d", status)
		}
		if r := b.control("DELETE", "/tokens", nil); r.text("expired") != "1" {
			t.Errorf("expired: %s", r.raw)
		}
		r, _ := b.send(t.Context(), "GET", chatBase+"/channels", http.Header{"Authorization": {"Bearer " + token}}, nil)
		if r.status != 401 {
			t.Errorf("after all were expired: %d", r.status)
		}
	})
}

func TestChatSetUp(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		hook := b.chat("POST", "/web-hooks",
			`{"name":"host","uri":"https://hooks.example/chat","version":"v2.0","notificationVersion":"v2.0"}`)
		id := hook.text("id")
		channel := b.chat("POST", "/channels", map[string]any{
			"name": "Chat", "webHookId": id, "routingOptions": map[string]string{"type": "queue", "id": "102"},
		})
		if hook.status != 200 || hook.text("version") != "v2.0" || channel.status != 200 || channel.get("type") != nil {
			t.Fatalf("set-up: %d %s, %d %s", hook.status, hook.raw, channel.status, channel.raw)
		}
		list := b.chat("GET", "/channels?size=1&page=1&sort=id", nil)
		want := map[string]any{"pageSize": 1.0, "pageIndex": 1.0, "elementCount": 2.0, "pageCount": 2.0}
		if diff := cmp.Diff(want, list.get("page")); diff != "" {
			t.Errorf("page (-want +got):\n%s", diff)
		}
		if n := len(b.chat("GET", "/web-hooks", nil).list("data")); n != 1 {
			t.Errorf("%d webhooks, want that of this dialect alone", n)
		}
		if n := len(b.gateway("GET", "/webhooks", nil).list("_embedded.webhooks")); n != 1 {
			t.Errorf("%d gateway webhooks, want 1", n)
		}
		if r := b.chat("PUT", "/web-hooks/"+id, `{"name":"x","uri":"https://hooks.example/c","notificationVersion":"v1.0"}`); r.text("version") != "v1.0" {
			t.Errorf("put: %d %s", r.status, r.raw)
		}
		if r := b.chat("POST", "/web-hooks/verify", `{"version":"v2.0","uri":"https://hooks.example/c"}`); r.status != 204 {
			t.Errorf("verify: %d %s", r.status, r.raw)
		}
		if got := string(b.webhooks()[0].body); got != `{"notificationVersion":"v2.0","eventType":"WEB_HOOK_VERIFY"}` {
			t.Errorf("verification: %s", got)
		}
		if r := b.chat("DELETE", "/channels/"+channel.text("id"), nil); r.status != 204 {
			t.Errorf("delete: %d %s", r.status, r.raw)
		}
		key, _ := b.send(t.Context(), "GET", "/vcc/us/chat/v2/jwk/key1/public", nil, nil)
		if key.status != 200 || key.text("kid") != "key1" {
			t.Errorf("public key: %d %s", key.status, key.raw)
		}
	})
}

// The six points of the contract's lifecycle, in the older events.
func TestChatConversation(t *testing.T) {
	inBox(t, chatOptions(), func(b *box) {
		r := b.chat("POST", "/conversations", `{"channelId":"7","customer":{"name":"Mia"},"user":{"name":"Mia"},
			"history":{"messages":[{"text":"hi","type":"user"},{"text":"hello","type":"bot"}]}}`)
		id := r.text("conversationId")
		if r.status != 202 || r.get("timestamp") != float64(time.Now().UnixMilli()) {
			t.Fatalf("create: %d %s", r.status, r.raw)
		}
		b.control("POST", "/agents/ada/accept", nil)
		b.chat("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"are you there?"}`)
		b.control("POST", "/agents/ada/typing", nil)
		b.control("POST", "/agents/ada/say", `{"text":"yes"}`)
		b.control("POST", "/agents/ada/transfer", `{"queue":"102"}`)
		b.control("POST", "/agents/bob/accept", nil)
		if r := b.chat("DELETE", "/conversations/"+id+"/participants/customer", nil); r.status != 204 {
			t.Errorf("leave: %d %s", r.status, r.raw)
		}
		b.expectFlat(
			"QUEUED 101 Support", "AGENT_JOINED ada Ada", "TEXT ada Ada: yes", "TRANSFER", "AGENT_LEFT ada Ada",
			"QUEUED 102 Billing", "AGENT_JOINED bob Bob", "AGENT_LEFT bob Bob",
		)
		b.chat("POST", "/conversations/"+id+"/messages", `{"text":"again"}`)
		b.expectFlat("QUEUED 102 Billing")

		shown := b.chat("GET", "/conversations/"+id, nil)
		if shown.get("interactions.0.endTime") == nil || shown.get("interactions.1.id") == nil || shown.get("state") != nil {
			t.Errorf("conversation: %s", shown.raw)
		}
		all := b.chat("GET", "/conversations/"+id+"/messages", nil)
		var said []string
		for i := range all.list("messages") {
			at := "messages." + strconv.Itoa(i)
			said = append(said, all.text(at+".authorType")+": "+all.text(at+".originalText"))
		}
		want := []string{"user: hi", "bot: hello", "user: are you there?", "agent: yes", "user: again"}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		second := b.chat("GET", "/conversations/"+id+"/messages?interaction-id="+shown.text("interactions.1.id"), nil)
		if len(second.list("messages")) != 1 {
			t.Errorf("second interaction: %s", second.raw)
		}
		if r := b.chat("GET", "/conversations/"+id+"/participants", nil); r.text("participants.id") != "bob" {
			t.Errorf("participants: %s", r.raw)
		}
	})
}

func TestChatList(t *testing.T) {
	inBox(t, chatOptions(), func(b *box) {
		first, second := b.chatOpen(), b.chatOpen()
		b.chat("POST", "/conversations", `{"channelId":"7","customer":{"name":"Max","customerId":"c9","email":"m@x.example"}}`)
		b.control("POST", "/agents/ada/accept", `{"conversationId":"`+first+`"}`)
		b.chat("DELETE", "/conversations/"+second+"/participants/customer", nil)
		for query, want := range map[string]string{
			"":                            "Mia Mia Max",
			"?order=desc":                 "Max Mia Mia",
			"?size=2&page=1":              "Max",
			"?status=handling":            "Mia",
			"?status=pending":             "Max",
			"?status=deleted&order=asc":   "Mia",
			"?status=all&channel-id=7":    "Mia Mia Max",
			"?channel-id=8":               "",
			"?userId=c9":                  "Max",
			"?customer.email=m@x.example": "Max",
			"?customer.patchbayTicket=t1": "Mia Mia",
			"?customer.patchbayTicket=t2": "",
		} {
			r := b.chat("GET", "/conversations"+query, nil)
			var names []string
			for i := range r.list("data") {
				names = append(names, r.text("data."+strconv.Itoa(i)+".customer.name"))
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%s: %s, want %s: %s", query, got, want, r.raw)
			}
		}
	})
}

func TestChatRefusals(t *testing.T) {
	many := strings.Repeat(`{"text":"x"},`, 200) + `{"text":"x"}`
	for call, body := range map[string]string{
		"GET /conversations?order=up":     ``,
		"GET /conversations?status=odd":   ``,
		"POST /conversations":             `{"channelId":"7"}`,
		"POST /conversations ":            `{"channelId":"7","customer":{"age":3}}`,
		"POST /conversations  ":           `{"channelId":"8","customer":{}}`,
		"POST /conversations   ":          `{"channelId":"7","customer":{},"history":{"messages":[` + many + `]}}`,
		"POST /conversations    ":         `{"channelId":"7","customer":{},"history":{"messages":[{"text":"x","type":"agent"}]}}`,
		"POST /conversations/ID/messages": `{"authorType":"user"}`,
		"POST /web-hooks":                 `{"name":"n","uri":"https://a.example","notificationVersion":"x","version":"Chat Gateway v1.0"}`,
		"PUT /channels/7":                 `{"name":"n","webHookId":"45","routingOptions":{"type":"queue","id":"101"}}`,
	} {
		inBox(t, chatOptions(), func(b *box) {
			method, path, _ := strings.Cut(strings.TrimSpace(strings.Replace(call, "ID", b.chatOpen(), 1)), " ")
			r := b.chat(method, path, body)
			first, isText := r.get("errors.0").(string)
			if r.status != 400 || !isText || first == "" {
				t.Errorf("%s %s: %d %s", call, body, r.status, r.raw)
			}
		})
	}
	inBox(t, chatOptions(), func(b *box) {
		if r := b.chat("POST", "/channels", `{"name":"n"}`); r.status != 400 || r.text("validations.0.field") != "webHookId" {
			t.Errorf("create channel: %d %s", r.status, r.raw)
		}
		if r := b.chat("GET", "/conversations/x", nil); r.status != 404 || r.text("errors.0") != r.text("message") {
			t.Errorf("missing: %d %s", r.status, r.raw)
		}
		b.faults(`[{"match":"GET /channels","status":500}]`)
		if r := b.chat("GET", "/channels", nil); r.status != 500 || r.text("errors.0") != "Internal Server Error" {
			t.Errorf("fault: %d %s", r.status, r.raw)
		}
		b.faults(`[]`)
		for path, status := range map[string]int{"/vcc/eu/chat/v2/tenant/tenant01/channels": 404, "/vcc/us/chat/v2/tenant/other/channels": 403} {
			token := b.token("simulator", "secret", "grant_type=client_credentials").text("access_token")
			if r, _ := b.send(t.Context(), "GET", path, http.Header{"Authorization": {"Bearer " + token}}, nil); r.status != status {
				t.Errorf("%s: %d %s", path, r.status, r.raw)
			}
		}
	})
}

func TestChatQuirks(t *testing.T) {
	o := chatOptions()
	o.Quirks = Quirks{CustomerAsUser: true, ParticipantArray: true}
	inBox(t, o, func(b *box) {
		if r := b.chat("POST", "/conversations", `{"channelId":"7","customer":{"name":"Mia"}}`); r.status != 400 {
			t.Errorf("create without user: %d %s", r.status, r.raw)
		}
		id := b.chatOpen()
		if r := b.chat("GET", "/conversations/"+id+"/participants", nil); len(r.list("participants")) != 1 {
			t.Errorf("participants: %s", r.raw)
		}
	})
}

// expectFlat compares the older events told since the last call.
func (b *box) expectFlat(want ...string) {
	b.t.Helper()
	got := []string{}
	for _, w := range b.webhooks() {
		line := w.event["eventType"].(string)
		for _, name := range []string{"queueId", "queueName", "agentId", "agentName"} {
			if value, has := w.event[name].(string); has {
				line += " " + value
			}
		}
		if text, has := w.event["message"].(string); has {
			line += ": " + text
		}
		got = append(got, line)
	}
	b.mu.Lock()
	b.received = nil
	b.mu.Unlock()
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}

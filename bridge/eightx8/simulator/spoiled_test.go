package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// What is right, by the call; ID is a conversation.
const (
	wholeCreate = `{"channelId":"7","user":{"name":"Mia","userId":"u","email":"mia@example.com","phone":"1","company":"c","caseId":"1",
		"language":"de","additionalProperties":[{"key":"k","value":"v"}]},"assignment":{"type":"queue","id":"101"},
		"history":{"messages":[{"authorType":"user","text":"x","attachments":[],"cards":[{"contentType":"Location","content":{"a":1}}]}]}}`
	wholeChannel = `{"name":"n","type":"ChatAPI","webHookId":"12","routingOptions":{"type":"queue","id":"101"}}`
	wholeHook    = `{"name":"n","uri":"https://hooks.example/8x8","version":"Chat Gateway v1.0","notificationVersion":"Chat Gateway v1.0"}`
	wholeMessage = `{"authorType":"bot","text":"x","attachments":[],"cards":[{"contentType":"Location","content":{"a":1}}]}`
	wholeAfter   = `{"type":"webhook","id":"12","configuration":{"notifyChannelWebhookIfExists":"false","maxTotalMinutes":20,"userTimeoutInMinutes":10}}`

	chatCreate = `{"channelId":"7","customer":{"name":"Mia","order":"1"},"user":{"name":"Mia","order":"1"},
		"history":{"messages":[{"text":"x","type":"user"}]}}`
	chatChannel = `{"name":"n","webHookId":"12","routingOptions":{"type":"queue","id":"101"}}`
	chatHook    = `{"name":"n","uri":"https://hooks.example/8x8","version":"v2.0","notificationVersion":"v2.0"}`
)

// TestNothingForbiddenIsTaken spoils each member of every body in every way that
// a schema may mind. What is taken all the same is held against the schemas, as
// everything here (see TestSchemas).
func TestNothingForbiddenIsTaken(t *testing.T) {
	spoilAll(t, Options{}, (*box).gateway, (*box).open, map[string]string{
		"POST /conversations":                          wholeCreate,
		"PUT /conversations/ID":                        wholeCreate,
		"PATCH /conversations/ID":                      wholeCreate,
		"PATCH /conversations/ID/participants/user":    `{"removed":true}`,
		"POST /conversations/ID/messages":              wholeMessage,
		"POST /conversations/ID/typing":                `{"authorType":"bot"}`,
		"POST /conversations/ID/thinking":              `{"authorType":"bot","maxThinkingTimeSeconds":60}`,
		"POST /conversations/ID/read-receipt":          `{"authorType":"user","readAt":1770200431963}`,
		"POST /conversations/ID/post-agent-assignment": wholeAfter,
		"POST /webhooks":                               wholeHook,
		"PUT /webhooks/12":                             wholeHook,
		"POST /webhooks/verify":                        `{"version":"Chat Gateway v1.0","uri":"https://hooks.example/8x8"}`,
		"POST /channels":                               wholeChannel,
		"PUT /channels/7":                              wholeChannel,
	})
}

// TestNothingForbiddenIsTakenByTheChatAPI is the same in the other dialect.
func TestNothingForbiddenIsTakenByTheChatAPI(t *testing.T) {
	spoilAll(t, chatOptions(), (*box).chat, (*box).chatOpen, map[string]string{
		"POST /conversations":             chatCreate,
		"POST /conversations/ID/messages": `{"authorType":"user","text":"x"}`,
		"POST /web-hooks":                 chatHook,
		"PUT /web-hooks/12":               chatHook,
		"POST /web-hooks/verify":          `{"version":"v2.0","uri":"https://hooks.example/8x8"}`,
		"POST /channels":                  chatChannel,
		"PUT /channels/7":                 chatChannel,
	})
}

// spoilAll makes each call, as it should be and then spoiled.
func spoilAll(t *testing.T, o Options, do func(*box, string, string, any) reply, open func(*box) string, calls map[string]string) {
	for _, call := range slices.Sorted(maps.Keys(calls)) {
		t.Run(call, func(t *testing.T) {
			inBox(t, o, func(b *box) {
				b.faults(`[{"match":"webhook *","drop":true}]`) // signing each would take long
				method, path, _ := strings.Cut(strings.Replace(call, "ID", open(b), 1), " ")
				if r := do(b, method, path, calls[call]); r.status > 299 {
					t.Fatalf("%d %s", r.status, r.raw)
				}
				for _, body := range spoiled(t, calls[call]) {
					if r := do(b, method, path, body); r.status >= http.StatusInternalServerError {
						t.Errorf("%s: %d %s", body, r.status, r.raw)
					}
				}
			})
		})
	}
}

// spoiled are copies of a body, each with one thing in it gone or another.
func spoiled(t *testing.T, body string) []string {
	t.Helper()
	var whole any
	if err := json.Unmarshal([]byte(body), &whole); err != nil {
		t.Fatal(err)
	}
	var all []string
	note := func() {
		text, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	others := []any{
		nil, true, -1, 0, 1.5, 9999999, "", "x", " ", strings.Repeat("n", 300),
		[]any{}, []any{1}, []any{nil}, map[string]any{}, map[string]any{"x": "1"},
	}
	var visit func(any)
	visit = func(at any) {
		switch at := at.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(at)) {
				was := at[name]
				visit(was)
				delete(at, name)
				note()
				for _, at[name] = range others {
					note()
				}
				at[name] = was
			}
		case []any:
			for i, was := range at {
				visit(was)
				for _, at[i] = range others {
					note()
				}
				at[i] = was
			}
		}
	}
	visit(whole)
	return all
}

package openapitest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestContradictions: each one that is known is really met, by a message that
// is as the contract has it, and passes; so the list holds nothing that the
// vendor has mended.
func TestContradictions(t *testing.T) {
	Need(t)
	const (
		hook     = `{"name":"host","uri":"https://h.test","version":"v2.0","notificationVersion":"v2.0"}`
		began    = `{"_embedded":{"interactions":[{"startTime":"2026-03-01T09:00:00Z"}]},"page":{}}`
		file     = `{"id":"1","filename":"a","sizeInBytes":1,"createdAt":"2026-03-01T09:00:00Z"}`
		messages = `{"messages":[{"originalText":"hi","authorType":"user","interactionId":"i"}]}`
	)
	gatewayHook := strings.ReplaceAll(hook, "v2.0", "Chat Gateway v1.0")
	get := func(path, answer string) exchanged {
		return exchanged{method: "GET", path: path, status: 200, answer: answer}
	}
	cases := map[string][]exchanged{ // by how the row begins
		"webhook create and put": {
			{method: "POST", path: gateway + "/webhooks", body: gatewayHook}, {method: "PUT", path: gateway + "/webhooks/1", body: gatewayHook},
			{method: "POST", path: chat + "/web-hooks", body: hook}, {method: "PUT", path: chat + "/web-hooks/1", body: hook},
		},
		"chat-api create conversation": {
			{method: "POST", path: chat + "/conversations", body: `{"channelId":"1","customer":{"name":"Mia"}}`},
			{method: "POST", path: chat + "/conversations", body: `{"channelId":"1","customer":{"name":"Mia"},"user":{"name":"Mia"}}`},
		},
		"gateway message list": {get(ticket+"/messages", `{"_embedded":{"messages":[]},"page":{}}`)},
		"gateway lists of attachments": {
			get(ticket+"/attachments", `{"_embedded":{"attachments":[]},"page":{}}`),
			get(ticket+"/participants", `{"_embedded":{"participants":[]},"page":{}}`),
		},
		"gateway attachment":                   {get(ticket+"/attachments/1", file)},
		"gateway cards list":                   {get(ticket+"/messages/1/cards", `{"_embedded":{"cards":[]},"page":{}}`)},
		"public key":                           {get(gateway+"/jwk/k/public", `{"kty":"RSA"}`)},
		"chat-api message list":                {get(chat+"/conversations/t1/messages", messages)},
		"interactions":                         {get(ticket+"/interactions", began)},
		"customer leaves":                      {{method: "PATCH", path: ticket + "/participants/user", body: `{"removed":true}`, status: 400, answer: `{}`}},
		"chat-api list parameter":              {{method: "GET", path: chat + "/conversations?customer.order=A7"}},
		"above the table, errors":              {{method: "GET", path: gateway + "/channels", status: 400, answer: `{"message":"no","validations":[]}`}},
		"above the table, lists: participants": {get(chat+"/conversations/t1/participants", `{"participants":[{}]}`)},
		"below the calls, states":              {get(ticket, `{"state":"IDLE"}`)},
	}
	for _, c := range contradictions() {
		met := 0
		for row, exchanges := range cases {
			if !strings.HasPrefix(c.row, row) {
				continue
			}
			for _, e := range exchanges {
				met++
				c.meets(t, e)
			}
		}
		if met == 0 {
			t.Errorf("no case for the contradiction %q", c.row)
		}
	}
}

// meets fails the test unless the exchange runs into the contradiction.
func (c *contradiction) meets(t *testing.T, e exchanged) {
	t.Helper()
	r := httptest.NewRequest(e.method, e.path, http.NoBody)
	r.Header.Set("Content-Type", "application/json")
	all := vendor(t)
	x := exchange{contract: all, operation: find(all.docs, r), request: r, body: []byte(e.body)}
	found := x.wrongInRequest()
	if e.status != 0 {
		x.answer = &recorder{ResponseWriter: httptest.NewRecorder(), code: e.status}
		x.answer.Header().Set("Content-Type", e.kind())
		x.answer.body.WriteString(e.answer)
		found = x.wrongInAnswer()
	}
	met := false
	for _, f := range found {
		known := f.known()
		if known == nil {
			t.Errorf("%s: %s\n%s", c.row, f, x)
		}
		met = met || known != nil && known.row == c.row
	}
	if !met {
		t.Errorf("%s: not met by %s, which finds %v", c.row, x, found)
	}
}

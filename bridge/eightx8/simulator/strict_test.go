package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the schemas forbid, and the body each call refuses it with.
func TestRefusals(t *testing.T) {
	manyMessages := strings.Repeat(`{"authorType":"user","text":"x"},`, 200) + `{"authorType":"user","text":"x"}`
	manyProperties := strings.Repeat(`{"key":"k","value":"v"},`, 30) + `{"key":"k","value":"v"}`
	long := strings.Repeat("n", 257)
	for name, c := range map[string]struct {
		call, body string
		code       string // of the first error
	}{
		"create: broken JSON":         {"POST /conversations", `{"channelId":`, "invalid_json_object"},
		"create: no JSON":             {"POST /conversations", ``, "invalid_json_object"},
		"create: an array":            {"POST /conversations", `[]`, "invalid_json_object"},
		"create: null":                {"POST /conversations", `null`, "invalid_json_object"},
		"create: two values":          {"POST /conversations", `{"channelId":"7","user":{}} {}`, "invalid_json_object"},
		"create: wrong type":          {"POST /conversations", `{"channelId":7,"user":{}}`, "invalid_json_object"},
		"create: no channel":          {"POST /conversations", `{"user":{}}`, "required"},
		"create: unknown channel":     {"POST /conversations", `{"channelId":"8","user":{}}`, "invalid_channel"},
		"create: no user":             {"POST /conversations", `{"channelId":"7"}`, "required"},
		"create: null user":           {"POST /conversations", `{"channelId":"7","user":null}`, "invalid_json_object"},
		"create: unknown queue":       {"POST /conversations", `{"channelId":"7","user":{},"assignment":{"type":"queue","id":"112"}}`, "invalid_queue"},
		"create: unknown script":      {"POST /conversations", `{"channelId":"7","user":{},"assignment":{"type":"script","id":"1"}}`, "invalid_script"},
		"create: odd assignment":      {"POST /conversations", `{"channelId":"7","user":{},"assignment":{"type":"agent","id":"1"}}`, "invalid_assignment_type"},
		"create: unknown language":    {"POST /conversations", `{"channelId":"7","user":{"language":"tlh"}}`, "invalid_language"},
		"create: bad email":           {"POST /conversations", `{"channelId":"7","user":{"email":"mia"}}`, "invalid_email"},
		"create: 31 properties":       {"POST /conversations", `{"channelId":"7","user":{"additionalProperties":[` + manyProperties + `]}}`, "too_many_properties"},
		"create: property of number":  {"POST /conversations", `{"channelId":"7","user":{"additionalProperties":[{"key":"k","value":1}]}}`, "invalid_json_object"},
		"create: flat properties":     {"POST /conversations", `{"channelId":"7","user":{"additionalProperties":{"k":"v"}}}`, "invalid_json_object"},
		"create: 201 of history":      {"POST /conversations", `{"channelId":"7","user":{},"history":{"messages":[` + manyMessages + `]}}`, "too_many_messages"},
		"create: agent in history":    {"POST /conversations", `{"channelId":"7","user":{},"history":{"messages":[{"authorType":"agent","text":"x"}]}}`, "invalid_author_type"},
		"create: history of nothing":  {"POST /conversations", `{"channelId":"7","user":{},"history":{}}`, "required"},
		"patch: unknown queue":        {"PATCH /conversations/ID", `{"assignment":{"type":"queue","id":"112"}}`, "invalid_queue"},
		"patch: broken user":          {"PATCH /conversations/ID", `{"user":[]}`, "invalid_json_object"},
		"put: unknown channel":        {"PUT /conversations/ID", `{"channelId":"8"}`, "invalid_channel"},
		"leave: not removed":          {"PATCH /conversations/ID/participants/user", `{"removed":false}`, "invalid_parameter"},
		"list: size 0":                {"GET /conversations?size=0", ``, "invalid_size"},
		"list: page -1":               {"GET /conversations?page=-1", ``, "invalid_page"},
		"list: unknown sort":          {"GET /conversations?sort=age:asc", ``, "invalid_sort"},
		"list: unknown direction":     {"GET /channels?sort=id:up", ``, "invalid_sort"},
		"list: bad filter":            {"GET /webhooks?filter=colour==red", ``, "invalid_filter"},
		"list: filter by wildcard":    {"GET /webhooks?filter=name==h*", ``, "invalid_filter"},
		"list: filter by order":       {"GET /webhooks?filter=id=gt=1", ``, "invalid_filter"},
		"list: bad query":             {"GET /webhooks?size=%zz", ``, "invalid_query"},
		"webhook: no version":         {"POST /webhooks", `{"name":"n","uri":"https://a.example"}`, "required"},
		"webhook: version alone":      {"POST /webhooks", `{"name":"n","uri":"https://a.example","version":"Chat Gateway v1.0"}`, "required"},
		"webhook: another version":    {"POST /webhooks", `{"name":"n","uri":"https://a.example","notificationVersion":"x","version":"v2.0"}`, "invalid_version"},
		"webhook: relative uri":       {"PUT /webhooks/12", `{"name":"n","uri":"/8x8","notificationVersion":"x"}`, "invalid_uri"},
		"webhook: long name":          {"POST /webhooks", `{"name":"` + long + `","uri":"https://a.example","notificationVersion":"x"}`, "too_long"},
		"verify: no version":          {"POST /webhooks/verify", `{"uri":"https://hooks.example"}`, "required"},
		"channel: unknown webhook":    {"POST /channels", `{"name":"n","webHookId":"45","routingOptions":{"type":"queue","id":"101"}}`, "invalid_webhook"},
		"channel: unknown queue":      {"POST /channels", `{"name":"n","webHookId":"12","routingOptions":{"type":"queue","id":"112"}}`, "invalid_queue"},
		"channel: no routing":         {"POST /channels", `{"name":"n","webHookId":"12"}`, "required"},
		"channel: routing to script":  {"POST /channels", `{"name":"n","webHookId":"12","routingOptions":{"type":"script","id":"101"}}`, "invalid_routing_type"},
		"channel: another type":       {"PUT /channels/7", `{"name":"n","type":"SMS","webHookId":"12","routingOptions":{"type":"queue","id":"101"}}`, "invalid_channel_type"},
		"typing: as agent":            {"POST /conversations/ID/typing", `{"authorType":"agent"}`, "invalid_author_type"},
		"thinking: as user":           {"POST /conversations/ID/thinking", `{"authorType":"user"}`, "invalid_author_type"},
		"thinking: too long":          {"POST /conversations/ID/thinking", `{"maxThinkingTimeSeconds":601}`, "invalid_parameter"},
		"thinking: no time":           {"POST /conversations/ID/thinking", `{"maxThinkingTimeSeconds":0}`, "invalid_parameter"},
		"read: no time":               {"POST /conversations/ID/read-receipt", `{"authorType":"user"}`, "required"},
		"read: as agent":              {"POST /conversations/ID/read-receipt", `{"authorType":"agent","readAt":1}`, "invalid_author_type"},
		"after agent: no type":        {"POST /conversations/ID/post-agent-assignment", `{"id":"12"}`, "required"},
		"after agent: no webhook":     {"POST /conversations/ID/post-agent-assignment", `{"type":"webhook","id":"13"}`, "invalid_parameter"},
		"after agent: to a queue":     {"POST /conversations/ID/post-agent-assignment", `{"type":"queue","id":"12"}`, "invalid_parameter"},
		"after agent: a boolean":      {"POST /conversations/ID/post-agent-assignment", `{"type":"webhook","id":"12","configuration":{"notifyChannelWebhookIfExists":true}}`, "invalid_json_object"},
		"after agent: odd notify":     {"POST /conversations/ID/post-agent-assignment", `{"type":"webhook","id":"12","configuration":{"notifyChannelWebhookIfExists":"yes"}}`, "invalid_parameter"},
		"after agent: too short":      {"POST /conversations/ID/post-agent-assignment", `{"type":"webhook","id":"12","configuration":{"maxTotalMinutes":19}}`, "invalid_parameter"},
		"after agent: too patient":    {"POST /conversations/ID/post-agent-assignment", `{"type":"webhook","id":"12","configuration":{"userTimeoutInMinutes":301}}`, "invalid_parameter"},
		"upload: no form":             {"POST /conversations/ID/attachments", `{}`, "invalid_content_type"},
		"typing: nobody":              {"POST /conversations/ID/typing", `{}`, "invalid_author_type"},
		"history: unknown attachment": {"POST /conversations", `{"channelId":"7","user":{},"history":{"messages":[{"authorType":"user","attachments":[{"id":"a"}]}]}}`, "invalid_attachment"},
	} {
		t.Run(name, func(t *testing.T) {
			inBox(t, Options{}, func(b *box) {
				method, path, _ := strings.Cut(strings.Replace(c.call, "ID", b.open(), 1), " ")
				r := b.gateway(method, path, c.body)
				if r.status != http.StatusBadRequest || r.header.Get("Content-Type") != "application/problem+json" {
					t.Fatalf("%d %s %s", r.status, r.header.Get("Content-Type"), r.raw)
				}
				if r.text("errors.0.code") != c.code || r.text("errors.0.message") != r.text("message") {
					t.Errorf("want code %s: %s", c.code, r.raw)
				}
				general := !slices.ContainsFunc([]string{"typing", "thinking", "read-receipt", "post-agent-assignment"}, func(call string) bool {
					return strings.HasSuffix(path, "/"+call)
				})
				if (r.get("validations.0.field") != nil) != general || (r.get("referenceId") != nil) == general {
					t.Errorf("not the error body of this call: %s", r.raw)
				}
			})
		})
	}
}

// Sending a message has an error body of its own: errors is one object.
func TestMessageRefusals(t *testing.T) {
	for body, code := range map[string]string{
		`{"text":"x"}`:                                      "invalid_author_type",
		`{"authorType":"agent","text":"x"}`:                 "invalid_author_type",
		`{"authorType":"user"}`:                             "required",
		`{"authorType":"user","text":""}`:                   "required",
		`{"authorType":"user","text":1}`:                    "invalid_json_object",
		`{"authorType":"user","attachments":[{"id":"T6"}]}`: "invalid_attachment",
		`{"authorType":"user","cards":[{}]}`:                "invalid_card",
		`{"authorType":"user","externalProvider":{}}`:       "invalid_provider",
		`{"authorType":"user","text":"x","externalProvider":{"name":"X","externalMessageId":"1"}}`:                             "invalid_message",
		`{"authorType":"bot","cards":[{"contentType":"text/html","content":{}}]}`:                                              "invalid_content_type",
		`{"authorType":"bot","cards":[{"content":[]}]}`:                                                                        "invalid_card",
		`{"authorType":"bot","cards":[{"content":{"type":"AdaptiveCard","version":"1.7"}}]}`:                                   "invalid_card_version",
		`{"authorType":"bot","cards":[{"content":{"type":"Card","version":"1.3"}}]}`:                                           "invalid_card",
		`{"authorType":"bot","cards":[{"contentType":"application/8x8.quick.replies","content":{"options":[]}}]}`:              "invalid_card",
		`{"authorType":"bot","cards":[{"contentType":"application/8x8.quick.replies","content":{"options":[{"title":"a"}]}}]}`: "required",
		`{`: "invalid_json_object",
	} {
		t.Run(body, func(t *testing.T) {
			inBox(t, Options{}, func(b *box) {
				r := b.gateway("POST", "/conversations/"+b.open()+"/messages", body)
				if r.status != http.StatusBadRequest || r.text("errors.code") != code || r.get("referenceId") == nil {
					t.Errorf("%d %s, want code %s", r.status, r.raw, code)
				}
			})
		})
	}
}

func TestMissing(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		for _, call := range []string{
			"GET /conversations/x", "PATCH /conversations/x", "PUT /conversations/x",
			"POST /conversations/x/messages", "GET /conversations/x/interactions",
			"PATCH /conversations/x/participants/user", "GET /webhooks/x", "PUT /webhooks/x", "DELETE /webhooks/x",
			"GET /channels/x", "PUT /channels/x", "DELETE /channels/x", "GET /nothing",
			"GET /conversations/" + b.open() + "/messages/x",
		} {
			method, path, _ := strings.Cut(call, " ")
			r := b.gateway(method, path, `{}`)
			if r.status != http.StatusNotFound || r.text("errors.0") != r.text("message") {
				t.Errorf("%s: %d %s", call, r.status, r.raw)
			}
		}
		for _, call := range []string{
			"POST /conversations/x/typing", "GET /conversations/x/messages", "GET /conversations/x/participants",
		} {
			method, path, _ := strings.Cut(call, " ")
			r := b.gateway(method, path, `{"authorType":"bot"}`)
			if r.status != http.StatusNotFound || r.text("errors.0.code") != "resource_not_found" {
				t.Errorf("%s: %d %s", call, r.status, r.raw)
			}
		}
		if r := b.gateway("DELETE", "/conversations", nil); r.status != http.StatusMethodNotAllowed {
			t.Errorf("a method that is not there: %d", r.status)
		}
	})
}

func TestAccess(t *testing.T) {
	for name, c := range map[string]struct {
		header   http.Header
		required bool
		status   int
		code     string
	}{
		"key and tenant":  {http.Header{"X-Api-Key": {"k2"}, "X-8x8-Tenant": {"tenant01"}}, true, 200, "<nil>"},
		"key alone":       {http.Header{"X-Api-Key": {"k1"}}, false, 200, "<nil>"},
		"tenant required": {http.Header{"X-Api-Key": {"k1"}}, true, 403, "<nil>"},
		"wrong tenant":    {http.Header{"X-Api-Key": {"k1"}, "X-8x8-Tenant": {"t2"}}, false, 403, "<nil>"},
		"no key":          {nil, false, 401, "access_denied"},
		"wrong key":       {http.Header{"X-Api-Key": {"simulator"}}, false, 401, "access_denied"},
	} {
		t.Run(name, func(t *testing.T) {
			inBox(t, Options{APIKeys: []string{"k1", "k2"}, TenantRequired: c.required}, func(b *box) {
				r, err := b.send(b.t.Context(), "GET", gatewayPath+"/channels", c.header, nil)
				if err != nil || r.status != c.status || r.text("errors.0.code") != c.code {
					t.Errorf("%d %s %v", r.status, r.raw, err)
				}
			})
		})
	}
}

func TestTooLargeBody(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		r := b.gateway("POST", "/conversations", strings.Repeat(" ", 1<<20+1))
		if r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%d %s", r.status, r.raw)
		}
	})
}

func TestAllThatIsWrongAtOnce(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		r := b.gateway("POST", "/conversations", `{"channelId":"8","user":{"language":"tlh"}}`)
		want := []any{
			map[string]any{"field": "channelId", "value": "8", "code": "invalid_channel", "message": "Channel ID 8 is invalid."},
			map[string]any{"field": "user.language", "value": "tlh", "code": "invalid_language", "message": "Language tlh is not supported."},
		}
		if diff := cmp.Diff(want, r.get("validations")); diff != "" {
			t.Errorf("validations (-want +got):\n%s", diff)
		}
		if n := b.gateway("GET", "/conversations", nil).text("page.totalElements"); n != fmt.Sprint(0) {
			t.Errorf("%s conversations exist", n)
		}
	})
}

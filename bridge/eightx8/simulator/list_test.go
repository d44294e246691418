package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// threeChannels are in an order that is neither that of ids nor of names.
func threeChannels() []Channel {
	return []Channel{
		{ID: "10", Name: "b", Queue: "101", WebhookID: "12"},
		{ID: "9", Name: "c", Queue: "102", WebhookID: "12"},
		{ID: "7", Name: "a", Queue: "101", WebhookID: "12"},
	}
}

func ids(r reply, list string) string {
	var found []string
	for _, one := range r.list("_embedded." + list) {
		found = append(found, one.(map[string]any)["id"].(string))
	}
	return strings.Join(found, " ")
}

func TestPaging(t *testing.T) {
	for query, c := range map[string]struct{ ids, page string }{
		"":                       {"7 9 10", "20 0 3 1"},
		"?sort=id:desc":          {"10 9 7", "20 0 3 1"},
		"?sort=name":             {"7 10 9", "20 0 3 1"},
		"?size=2":                {"7 9", "2 0 3 2"},
		"?size=2&page=1":         {"10", "2 1 3 2"},
		"?size=2&page=2":         {"", "2 2 3 2"},
		"?page=4611686018427387": {"", "20 4611686018427387 3 1"},
		"?size=100":              {"7 9 10", "25 0 3 1"}, // capped
		"?size=1&filter=" + url.QueryEscape("routingOptions.id==101"): {"7", "1 0 2 2"},
		"?filter=name==c": {"9", "20 0 1 1"},
		"?filter=name==z": {"", "20 0 0 0"},
	} {
		t.Run(query, func(t *testing.T) {
			inBox(t, Options{Channels: threeChannels(), MaxPageSize: 25}, func(b *box) {
				r := b.gateway("GET", "/channels"+query, nil)
				p := r.get("page").(map[string]any)
				var page []string
				for _, name := range []string{"size", "number", "totalElements", "totalPages"} {
					page = append(page, strconv.FormatFloat(p[name].(float64), 'f', -1, 64))
				}
				if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/hal+json" {
					t.Errorf("%d %s", r.status, r.header.Get("Content-Type"))
				}
				if diff := cmp.Diff([]string{c.ids, c.page}, []string{ids(r, "channels"), strings.Join(page, " ")}); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if got := r.text("_links.self.href"); got != "/chat-gateway/v1/channels"+query {
					t.Errorf("self is %s", got)
				}
			})
		})
	}
}

func TestFilter(t *testing.T) {
	type row struct{ a, b string }
	known := fields[row]{
		"a":   func(r row) string { return r.a },
		"b.c": func(r row) string { return r.b },
	}
	for filter, want := range map[string]string{
		"a==1":                    "true",
		"a==2":                    "false",
		"a!=2":                    "true",
		"a==1;b.c==x":             "false",
		"a==1,b.c==x":             "true",
		"a==2,b.c==two words":     "true",
		"a==1;(b.c==x,b.c!=y)":    "true",
		"a==2,a==3;a==1":          "false",
		"(a==2,a==1);a==1":        "true",
		"a==":                     "false",
		"":                        `"" is no comparison`,
		"a":                       `"a" is no comparison`,
		"z==1":                    `no field "z"`,
		"a=gt=1":                  `"=g" is neither == nor !=`,
		"(a==1":                   "a parenthesis is not closed",
		"a==1)":                   `unexpected ")"`,
		"a==1;":                   `"" is no comparison`,
		strings.Repeat("(", 1000): "too many parentheses",
	} {
		matches, err := parseFilter(filter, known)
		got := "false"
		if err != nil {
			got = err.Error()
		} else if matches(row{a: "1", b: "two words"}) {
			got = "true"
		}
		if got != want {
			t.Errorf("%q = %s, want %s", filter, got, want)
		}
	}
}

func TestMessagesOldestAndNewestFirst(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		id := b.open()
		for _, text := range []string{"one", "two", "three"} {
			b.gateway("POST", "/conversations/"+id+"/messages", map[string]string{"authorType": "bot", "text": text})
		}
		path := "/conversations/" + id + "/messages"
		if got := b.gateway("GET", path, nil).text("_embedded.messages.0.text"); got != "three" {
			t.Errorf("by default the first is %s", got)
		}
		r := b.gateway("GET", path+"?sort=createdAt:asc&size=1&page=1", nil)
		if r.text("_embedded.messages.0.text") != "two" || r.text("_embedded.messages.0.author.id") != "bot" {
			t.Errorf("second: %s", r.raw)
		}
		one := b.gateway("GET", path+"/"+r.text("_embedded.messages.0.id"), nil)
		if one.text("text") != "two" || one.text("createdAt") != "2000-01-01T00:00:00.000Z" {
			t.Errorf("by id: %s", one.raw)
		}
	})
}

func TestQuirks(t *testing.T) {
	quirks := Quirks{TopLevelLists: true, DateOnlyInteractions: true, UpperCaseStates: true}
	inBox(t, Options{Quirks: quirks}, func(b *box) {
		id := b.open()
		b.gateway("POST", "/conversations/"+id+"/messages", `{"authorType":"user","text":"hi"}`)
		if r := b.gateway("GET", "/conversations/"+id+"/messages", nil); r.text("messages.0.text") != "hi" || r.get("_embedded") != nil {
			t.Errorf("messages: %s", r.raw)
		}
		if r := b.gateway("GET", "/conversations/"+id+"/participants", nil); r.text("data.0.id") != "user" {
			t.Errorf("participants: %s", r.raw)
		}
		if r := b.gateway("GET", "/conversations/"+id+"/interactions", nil); r.text("_embedded.interactions.0.startTime") != "2000-01-01" {
			t.Errorf("interactions: %s", r.raw)
		}
		if r := b.gateway("GET", "/conversations/"+id, nil); r.text("state") != "ACTIVE" {
			t.Errorf("conversation: %s", r.raw)
		}
		if r := b.gateway("GET", "/conversations?filter=state==ACTIVE", nil); ids(r, "conversations") != id {
			t.Errorf("conversations: %s", r.raw)
		}
	})
}

func TestWebhookAndChannelLives(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		long := strings.Repeat("é", 256)
		hook := b.gateway("POST", "/webhooks", map[string]string{
			"name": long, "uri": "http://127.0.0.1:1/x", "notificationVersion": gatewayVersion,
		})
		if got := len([]rune(hook.text("name"))); got != 255 {
			t.Errorf("256 characters come back as %d", got)
		}
		path := "/webhooks/" + hook.text("id")
		if r := b.gateway("PUT", path, map[string]string{
			"name": "n", "uri": "http://127.0.0.1:2/x", "notificationVersion": gatewayVersion,
		}); r.text("uri") != "http://127.0.0.1:2/x" {
			t.Errorf("put: %s", r.raw)
		}
		if r := b.gateway("GET", path, nil); r.text("name") != "n" || r.text("version") != gatewayVersion {
			t.Errorf("get: %s", r.raw)
		}
		channel := map[string]any{
			"name": "c", "webHookId": hook.text("id"), "routingOptions": map[string]string{"type": "queue", "id": "102"},
		}
		made := b.gateway("POST", "/channels", channel)
		channel["webHookId"] = "12"
		if r := b.gateway("PUT", "/channels/"+made.text("id"), channel); r.text("webHookId") != "12" || r.text("type") != "ChatAPI" {
			t.Errorf("put channel: %s", r.raw)
		}
		for _, path := range []string{path, "/channels/" + made.text("id")} {
			if r := b.gateway("DELETE", path, nil); r.status != http.StatusNoContent {
				t.Errorf("delete %s: %d", path, r.status)
			}
			if r := b.gateway("GET", path, nil); r.status != http.StatusNotFound {
				t.Errorf("%s is still there: %d", path, r.status)
			}
		}
	})
}

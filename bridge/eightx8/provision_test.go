package eightx8_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

// administration keeps webhooks and channels as 8x8 does, for either dialect.
type administration struct {
	t     *testing.T
	mu    sync.Mutex
	calls []string
	next  int
	kept  map[string][]map[string]any // by list: webhooks, channels
}

func (a *administration) RoundTrip(r *http.Request) (*http.Response, error) {
	return inProcess{openapitest.Requests(a.t, http.HandlerFunc(a.serve))}.RoundTrip(r)
}

func (a *administration) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, flat := strings.CutPrefix(r.URL.Path, flatRoot)
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, flatRoot), "/chat-gateway/v1")
	if path == "/oauth/v2/token" {
		answer(200, `{"access_token":"t","expires_in":"3600"}`)(w, r)
		return
	}
	parts := strings.Split(strings.Replace(strings.Trim(path, "/"), "web-hooks", "webhooks", 1), "/")
	body, _ := io.ReadAll(r.Body)
	if r.Method != "GET" {
		a.calls = append(a.calls, strings.TrimSpace(r.Method+" "+path+" "+string(body)))
	}
	var item map[string]any
	_ = json.Unmarshal(body, &item)
	list := parts[0]
	switch {
	case len(parts) == 1 && r.Method == "GET" && flat:
		_ = json.NewEncoder(w).Encode(map[string]any{"data": a.kept[list], "page": map[string]any{"pageCount": 1}})
	case len(parts) == 1 && r.Method == "GET":
		_ = json.NewEncoder(w).Encode(map[string]any{"_embedded": map[string]any{list: a.kept[list]}, "page": map[string]any{"totalPages": 1}})
	case len(parts) == 1:
		a.next++
		item["id"] = strconv.Itoa(a.next)
		a.kept[list] = append(a.kept[list], item)
		_ = json.NewEncoder(w).Encode(item)
	case parts[1] == "verify":
		w.WriteHeader(http.StatusNoContent)
	default:
		a.one(w, r, list, parts[1], item)
	}
}

// one reads, replaces or deletes one thing.
func (a *administration) one(w http.ResponseWriter, r *http.Request, list, id string, item map[string]any) {
	for i, kept := range a.kept[list] {
		if kept["id"] != id {
			continue
		}
		switch r.Method {
		case "PUT":
			item["id"] = id
			a.kept[list][i] = item
		case "DELETE":
			a.kept[list] = append(a.kept[list][:i:i], a.kept[list][i+1:]...)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_ = json.NewEncoder(w).Encode(a.kept[list][i])
		return
	}
	http.NotFound(w, r)
}

// administered runs f for both dialects, with what there is.
func administered(t *testing.T, f func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API)) {
	for _, api := range []eightx8.API{eightx8.ChatGateway, eightx8.ChatAPI} {
		t.Run(string(api), func(t *testing.T) {
			a := &administration{t: t, next: 10, kept: map[string][]map[string]any{}}
			use := func(c *eightx8.Config) { c.HTTP = &http.Client{Transport: a} }
			if api == eightx8.ChatAPI {
				f(t, a, newFlatAPI(t, nil).desk(use), api)
			} else {
				f(t, a, newGateway(t, nil).desk(use), api)
			}
		})
	}
}

// versionOf is the version of a dialect's events.
func versionOf(api eightx8.API) string {
	if api == eightx8.ChatAPI {
		return "v2.0"
	}
	return "Chat Gateway v1.0"
}

func TestWebhooks(t *testing.T) {
	administered(t, func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API) {
		hook, err := desk.CreateWebhook(t.Context(), eightx8.Webhook{Name: strings.Repeat("n", 300), URI: "https://h.test/1"})
		if err != nil || hook.ID != "11" {
			t.Fatalf("%+v, %v", hook, err)
		}
		made := a.kept["webhooks"][0]
		if made["version"] != versionOf(api) || made["notificationVersion"] != versionOf(api) || len(made["name"].(string)) != 255 {
			t.Errorf("made %v", made)
		}
		hook.Name, hook.URI = "host", "https://h.test/2"
		if err := desk.UpdateWebhook(t.Context(), hook); err != nil {
			t.Error(err)
		}
		delete(made, "version") // either is read
		delete(a.kept["webhooks"][0], "version")
		want := eightx8.Webhook{ID: "11", Name: "host", URI: "https://h.test/2", Version: versionOf(api)}
		all, err := desk.Webhooks(t.Context())
		if diff := cmp.Diff([]eightx8.Webhook{want}, all); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if one, err := desk.ReadWebhook(t.Context(), "11"); one != want || err != nil {
			t.Errorf("%+v, %v", one, err)
		}
		a.calls = nil
		if err := desk.VerifyWebhook(t.Context(), "https://h.test/2"); err != nil {
			t.Error(err)
		}
		if want := fmt.Sprintf(`/verify {"version":%q,"uri":"https://h.test/2"}`, versionOf(api)); len(a.calls) != 1 || !strings.HasSuffix(a.calls[0], want) {
			t.Errorf("calls %v", a.calls)
		}
		if err := desk.DeleteWebhook(t.Context(), "11"); err != nil || len(a.kept["webhooks"]) != 0 {
			t.Errorf("%v, %v", err, a.kept)
		}
		refused(t, "not there", desk.DeleteWebhook(t.Context(), "11"))
		refused(t, "no id", desk.UpdateWebhook(t.Context(), eightx8.Webhook{}))
	})
}

func TestChannels(t *testing.T) {
	administered(t, func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API) {
		made, err := desk.CreateChannel(t.Context(), eightx8.DeskChannel{Name: "Web", Queue: "101", WebhookID: "1"})
		if err != nil || made.ID != "11" {
			t.Fatalf("%+v, %v", made, err)
		}
		if kind, sent := a.kept["channels"][0]["type"]; sent != (api == eightx8.ChatGateway) || sent && kind != "ChatAPI" {
			t.Errorf("made with type %v", kind)
		}
		if id, err := desk.FindChannel(t.Context(), "Web"); id != "11" || err != nil {
			t.Errorf("found %q, %v", id, err)
		}
		made.Name, made.Queue = "Web support", "102"
		if err := desk.UpdateChannel(t.Context(), made); err != nil {
			t.Error(err)
		}
		if id, err := desk.FindChannel(t.Context(), "Web support"); id != "11" || err != nil {
			t.Errorf("found %q by its new name, %v", id, err)
		}
		one, err := desk.ReadChannel(t.Context(), "11")
		if one.Type = ""; err != nil || one != (eightx8.DeskChannel{ID: "11", Name: "Web support", Queue: "102", WebhookID: "1"}) {
			t.Errorf("%+v, %v", one, err)
		}
		if err := desk.DeleteChannel(t.Context(), "11"); err != nil || len(a.kept["channels"]) != 0 {
			t.Errorf("%v, %v", err, a.kept)
		}
	})
}

func TestProvisioningTwiceChangesNothing(t *testing.T) {
	administered(t, func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API) {
		a.kept["webhooks"] = []map[string]any{{"id": "1", "name": "host billing", "uri": "https://old.test/billing", "version": "v1.0"}}
		a.kept["channels"] = []map[string]any{
			{"id": "5", "name": "Billing", "webHookId": "9", "routingOptions": map[string]any{"type": "queue", "id": "101"}},
			{"id": "6", "name": "WhatsApp DE", "type": "WhatsApp", "webHookId": "9", "routingOptions": map[string]any{"type": "queue", "id": "103"}},
		}
		wanted := []eightx8.Wanted{
			{Channel: "Web support", Queue: "101", Webhook: "host web", URI: "https://h.test/web"},
			{Channel: "Billing", Queue: "102", Webhook: "host billing", URI: "https://h.test/billing"},
			{Channel: "WhatsApp DE", Webhook: "host web", URI: "https://h.test/web", Digital: true},
		}
		plan, err := desk.Plan(t.Context(), wanted)
		if err != nil || plan.Done() || len(a.calls) != 0 {
			t.Fatalf("%v, calls %v", err, a.calls)
		}
		want := `create webhook "host web": https://h.test/web
update webhook "host billing": address https://old.test/billing becomes https://h.test/billing, version v1.0 becomes ` + versionOf(api) + `
create channel "Web support": queue 101, webhook https://h.test/web
update channel "Billing": webhook 9 becomes https://h.test/billing, queue 101 becomes 102
by hand channel "WhatsApp DE": webhook 9 becomes https://h.test/web
`
		if diff := cmp.Diff(want, plan.String()); diff != "" {
			t.Errorf("plan (-want +got):\n%s", diff)
		}
		if err := plan.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(a.calls) != 4 {
			t.Errorf("calls %v", a.calls)
		}
		a.kept["channels"][1]["webHookId"] = "11" // by hand
		again, err := desk.Plan(t.Context(), wanted)
		want = `keep webhook "host web": https://h.test/web
keep webhook "host billing": https://h.test/billing
keep channel "Web support"
keep channel "Billing"
keep channel "WhatsApp DE"
`
		if diff := cmp.Diff(want, again.String()); diff != "" || err != nil || !again.Done() {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		a.calls = nil
		if err := again.Apply(t.Context()); err != nil || len(a.calls) != 0 {
			t.Errorf("%v, calls %v", err, a.calls)
		}
	})
}

// Half a list of what there is would have the other half made once more.
func TestNoPlanOfHalfAList(t *testing.T) {
	for name, one := range map[string]struct {
		page func(number int) string
		want int
	}{
		"an endless list":  {func(n int) string { return fmt.Sprintf(`{"id":"%d"}`, n) }, -1},
		"pages unheard of": {func(int) string { return `{"id":"1"},{"id":"2"}` }, 2},
		"fifty pages": {func(n int) string {
			if n == 49 {
				return ""
			}
			return fmt.Sprintf(`{"id":"%d"}`, n)
		}, 49},
	} {
		list := func(w http.ResponseWriter, r *http.Request) {
			number, _ := strconv.Atoi(r.URL.Query().Get("page"))
			answer(200, `{"_embedded":{"webhooks":[`+one.page(number)+`]}}`)(w, r)
		}
		g := newGateway(t, map[string]http.HandlerFunc{"GET /webhooks": list, "GET /channels": answer(200, `{"page":{"totalPages":0}}`)})
		desk := g.desk()
		hooks, err := desk.Webhooks(t.Context())
		_, planErr := desk.Plan(t.Context(), nil)
		if failed := one.want < 0; failed != (err != nil) || failed != (planErr != nil) || !failed && len(hooks) != one.want {
			t.Errorf("%s: %d webhooks, %v; plan: %v", name, len(hooks), err, planErr)
		}
	}
}

// Two hosts at one tenant may call their channels the same. One does not have
// the other's events sent to itself, but a webhook that nobody has is its own.
func TestAnotherHostsWebhookIsLeftAlone(t *testing.T) {
	administered(t, func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API) {
		a.kept["webhooks"] = []map[string]any{
			{"id": "1", "name": "Patchbay web", "uri": "https://live.test/web", "version": versionOf(api)},
			{"id": "2", "name": "Patchbay app", "uri": "https://gone.test/app", "version": versionOf(api)},
		}
		a.kept["channels"] = []map[string]any{
			{"id": "5", "name": "Web support", "webHookId": "1", "routingOptions": map[string]any{"type": "queue", "id": "101"}},
		}
		plan, err := desk.Plan(t.Context(), []eightx8.Wanted{
			{Channel: "Web support, staging", Queue: "101", Webhook: "Patchbay web", URI: "https://staging.test/web"},
			{Channel: "App support, staging", Queue: "101", Webhook: "Patchbay app", URI: "https://staging.test/app"},
		})
		want := `create webhook "Patchbay web": https://staging.test/web
update webhook "Patchbay app": address https://gone.test/app becomes https://staging.test/app
`
		if !strings.HasPrefix(plan.String(), want) || err != nil {
			t.Errorf("%v, plan:\n%s", err, plan)
		}
	})
}

// A webhook is not given two addresses because two are wanted by its name.
func TestAWebhookHasOneAddress(t *testing.T) {
	administered(t, func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API) {
		a.kept["webhooks"] = []map[string]any{{"id": "1", "name": "h", "uri": "https://old.test", "version": versionOf(api)}}
		plan, err := desk.Plan(t.Context(), []eightx8.Wanted{
			{Channel: "a", Queue: "1", Webhook: "h", URI: "https://h.test/a"},
			{Channel: "b", Queue: "1", Webhook: "h", URI: "https://h.test/b"},
		})
		want := `update webhook "h": address https://old.test becomes https://h.test/a
create webhook "h": https://h.test/b
`
		if !strings.HasPrefix(plan.String(), want) || err != nil || plan.Apply(t.Context()) != nil {
			t.Errorf("%v, plan:\n%s", err, plan)
		}
	})
}

func TestWhatProvisioningCannotDo(t *testing.T) {
	administered(t, func(t *testing.T, a *administration, desk *eightx8.Desk, api eightx8.API) {
		a.kept["webhooks"] = []map[string]any{
			{"id": "1", "name": "h", "uri": "https://h.test", "notificationVersion": versionOf(api)},
			{"id": "2", "name": "h", "uri": "https://h.test", "notificationVersion": versionOf(api)},
		}
		a.kept["channels"] = []map[string]any{
			{"id": "5", "name": "twice"}, {"id": "6", "name": "twice"}, {"id": "7", "name": "no queue"},
			{"id": "8", "name": "fine", "webHookId": "2", "routingOptions": map[string]any{"type": "queue", "id": "101"}},
		}
		for channel, want := range map[string]string{
			"twice":    `by hand channel "twice": there are several of that name: name it by its id`,
			"no queue": `by hand channel "no queue": it has no queue, and cannot be changed without one`,
			"none":     `by hand channel "none": it is not there, and cannot be made without a queue, which no target of it names`,
			"fine":     `keep channel "fine"`, // which has the second of two alike
		} {
			plan, err := desk.Plan(t.Context(), []eightx8.Wanted{{Channel: channel, Webhook: "h", URI: "https://h.test"}})
			if got := plan.String(); err != nil || got != "keep webhook \"h\": https://h.test\n"+want+"\n" {
				t.Errorf("%v, plan:\n%s", err, got)
			}
		}
		plan, _ := desk.Plan(t.Context(), []eightx8.Wanted{{Channel: "WhatsApp", Queue: "1", Webhook: "h", URI: "https://h.test", Digital: true}})
		if !strings.Contains(plan.String(), "only channels of type ChatAPI can be made") || plan.Apply(t.Context()) != nil || len(a.calls) != 0 {
			t.Errorf("plan:\n%s calls %v", plan, a.calls)
		}
	})
}

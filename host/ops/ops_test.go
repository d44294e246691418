package ops

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const token = "operators-token"

// fakeEngine has the conversations that it was given.
type fakeEngine struct {
	conversations []lifecycle.Conversation
	err           error
	asked         []bridge.Filter
}

func (f *fakeEngine) List(_ context.Context, filter bridge.Filter) ([]lifecycle.Conversation, error) {
	f.asked = append(f.asked, filter)
	return f.conversations, f.err
}

func (f *fakeEngine) Conversation(_ context.Context, id bot.ConversationID) (lifecycle.Conversation, error) {
	for _, c := range f.conversations {
		if c.ID == id {
			return c, f.err
		}
	}
	return lifecycle.Conversation{}, errors.Join(f.err, bridge.ErrNotFound)
}

// get calls a handler over HTTP, as an operator would.
func get(t *testing.T, cfg Config, path, authorization string) (int, string) {
	t.Helper()
	if cfg.Metrics == nil {
		cfg.Metrics = prometheus.NewRegistry()
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	server := httptest.NewServer(New(cfg))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func want(t *testing.T, status int, body string, wantStatus int, wantBody string) {
	t.Helper()
	if status != wantStatus {
		t.Errorf("status %d, want %d", status, wantStatus)
	}
	var got, expected any
	if err := json.Unmarshal([]byte(wantBody), &expected); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("answer %q: %v", body, err)
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func wantCode(t *testing.T, status int, body string, wantStatus int, wantCode string) {
	t.Helper()
	var got struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("answer %q: %v", body, err)
	}
	if status != wantStatus || got.Error.Code != wantCode || got.Error.Message == "" {
		t.Errorf("got %d %+v, want %d %s", status, got.Error, wantStatus, wantCode)
	}
}

func TestHealth(t *testing.T) {
	status, body := get(t, Config{}, "/healthz", "")
	want(t, status, body, 200, `{"status":"ok"}`)
}

func TestReady(t *testing.T) {
	var reasons []string
	cfg := Config{Ready: func(context.Context) []string { return reasons }}
	status, body := get(t, cfg, "/readyz", "")
	want(t, status, body, 200, `{"ready":true,"reasons":[]}`)
	reasons = []string{"the host is stopping", "no bot is ready"}
	status, body = get(t, cfg, "/readyz", "")
	want(t, status, body, 503, `{"ready":false,"reasons":["the host is stopping","no bot is ready"]}`)
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "patchbay_things_total", Help: "Things."})
	registry.MustRegister(counter)
	counter.Add(3)
	status, body := get(t, Config{Metrics: registry}, "/metrics", "")
	if status != 200 || !strings.Contains(body, "\npatchbay_things_total 3\n") {
		t.Errorf("got %d %s", status, body)
	}
}

func TestToken(t *testing.T) {
	for _, path := range []string{"/api/v1/conversations", "/api/v1/conversations/c1", "/api/v1/bots"} {
		for _, authorization := range []string{"", "Bearer", "Bearer ", "Bearer x", "Bearer operators-toke", "Basic " + token, token} {
			status, body := get(t, Config{Token: token, Conversations: &fakeEngine{}}, path, authorization)
			wantCode(t, status, body, 401, "unauthorized")
		}
		status, body := get(t, Config{Conversations: &fakeEngine{}}, path, "Bearer ")
		wantCode(t, status, body, 403, "closed")
	}
	status, _ := get(t, Config{Token: token, Conversations: &fakeEngine{}}, "/api/v1/conversations", "bearer "+token)
	if status != 200 {
		t.Errorf("the scheme is told apart by case: %d", status)
	}
}

// since is when the example was taken by its agent.
func since() time.Time { return time.Date(2026, 3, 1, 13, 0, 0, 500e6, time.FixedZone("", 3600)) }

func example() lifecycle.Conversation {
	return lifecycle.Conversation{
		ID: "c1", Channel: "web", Number: 17, Holder: lifecycle.Agent, Epoch: 4, Reason: "agent joined", Since: since(),
		Customer: bot.Customer{ID: "u1", Name: "not shown"}, Language: "de",
		Turns: []lifecycle.Turn{{ID: "t1"}, {ID: "t2"}},
		Desk: lifecycle.DeskSide{Ticket: "8x8-1", Queue: "billing", Members: []lifecycle.Member{
			{Agent: bot.Agent{ID: "a1", Name: "Ann"}, Present: true}, {Agent: bot.Agent{ID: "a2", Name: "gone"}},
		}},
		Timers: []lifecycle.Timer{{Name: lifecycle.TimerGrace, At: since().Add(5 * time.Second)}},
	}
}

const exampleJSON = `{"id":"c1","channel":"web","holder":"agent","epoch":4,"reason":"agent joined","since":"2026-03-01T12:00:00.5Z",
	"customer_id":"u1","language":"de","ticket":"8x8-1","queue":"billing","agents":[{"id":"a1","name":"Ann"}],"number":17,
	"turns_waiting":2,"timers":[{"name":"transfer_grace","at":"2026-03-01T12:00:05.5Z"}]}`

func TestConversation(t *testing.T) {
	cfg := Config{Token: token, Conversations: &fakeEngine{conversations: []lifecycle.Conversation{example()}}}
	status, body := get(t, cfg, "/api/v1/conversations/c1", "Bearer "+token)
	want(t, status, body, 200, exampleJSON)
	status, body = get(t, cfg, "/api/v1/conversations/c2", "Bearer "+token)
	wantCode(t, status, body, 404, "not_found")
}

// TestConversationIDs: whatever an id holds, it comes through.
func TestConversationIDs(t *testing.T) {
	for _, id := range []string{"a/b", "a+b", "a b", "100%", "%2F", "ä|ö", "a?b#c", "..", "a+b/c%25", "x;y=z&q"} {
		engine := &fakeEngine{conversations: []lifecycle.Conversation{{ID: bot.ConversationID(id)}}}
		status, body := get(t, Config{Token: token, Conversations: engine}, "/api/v1/conversations/"+url.PathEscape(id), "Bearer "+token)
		if status != 200 || !strings.Contains(body, `"number":0`) {
			t.Errorf("%q: %d %s", id, status, body)
		}
	}
}

func TestList(t *testing.T) {
	engine := &fakeEngine{conversations: []lifecycle.Conversation{example()}}
	cfg := Config{Token: token, Conversations: engine}
	status, body := get(t, cfg, "/api/v1/conversations?holder=agent&channel=web&limit=5", "Bearer "+token)
	want(t, status, body, 200, `{"conversations":[`+exampleJSON+`]}`)
	_, _ = get(t, cfg, "/api/v1/conversations", "Bearer "+token)
	filters := []bridge.Filter{{Holder: lifecycle.Agent, Channel: "web", Limit: 5}, {Limit: 100}}
	if diff := cmp.Diff(filters, engine.asked); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
	engine.conversations = nil
	status, body = get(t, cfg, "/api/v1/conversations", "Bearer "+token)
	want(t, status, body, 200, `{"conversations":[]}`)
}

func TestListBadFilter(t *testing.T) {
	for _, query := range []string{"holder=me", "holder=", "limit=0", "limit=1001", "limit=-1", "limit=ten", "chanel=web", "channel=a&channel=b"} {
		engine := &fakeEngine{}
		status, body := get(t, Config{Token: token, Conversations: engine}, "/api/v1/conversations?"+query, "Bearer "+token)
		wantCode(t, status, body, 400, "bad_argument")
		if len(engine.asked) > 0 {
			t.Errorf("%s: the engine was asked", query)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		code   string
	}{
		{fmt.Errorf("read: %w", bridge.ErrUnavailable), 503, "unavailable"},
		{context.DeadlineExceeded, 503, "unavailable"},
		{errors.New("disk on fire at /var"), 500, "internal"},
	} {
		var log bytes.Buffer
		cfg := Config{Token: token, Conversations: &fakeEngine{err: test.err}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		status, body := get(t, cfg, "/api/v1/conversations", "Bearer "+token)
		wantCode(t, status, body, test.status, test.code)
		if strings.Contains(body, "/var") || !strings.Contains(log.String(), test.err.Error()) {
			t.Errorf("answered %s, logged %s", body, log.String())
		}
	}
}

func TestPanic(t *testing.T) {
	cfg := Config{Token: token, Bots: func() []Bot { panic("oh") }}
	status, body := get(t, cfg, "/api/v1/bots", "Bearer "+token)
	wantCode(t, status, body, 500, "internal")
}

func TestBots(t *testing.T) {
	cfg := Config{Token: token, Bots: func() []Bot {
		return []Bot{
			{Name: "faq", State: "ready", Since: since(), Version: "1.2", PID: 42, Restarts: 1, Log: []string{"hello"}},
			{Name: "shop", State: "failed", Since: since(), LastError: "no such file"},
		}
	}}
	status, body := get(t, cfg, "/api/v1/bots", "Bearer "+token)
	want(t, status, body, 200, `{"bots":[
		{"name":"faq","state":"ready","since":"2026-03-01T12:00:00.5Z","version":"1.2","pid":42,"restarts":1,"last_error":"","log":["hello"]},
		{"name":"shop","state":"failed","since":"2026-03-01T12:00:00.5Z","version":"","pid":0,"restarts":0,"last_error":"no such file","log":[]}]}`)
}

func TestNoSuchCall(t *testing.T) {
	for _, path := range []string{"/", "/api/v1/conversations/", "/api/v1/conversations/a/b", "/api/v2/bots", "/healthz/"} {
		status, body := get(t, Config{Token: token, Conversations: &fakeEngine{}}, path, "Bearer "+token)
		wantCode(t, status, body, 404, "no_such_call")
	}
	recorder := httptest.NewRecorder()
	New(Config{Metrics: prometheus.NewRegistry()}).ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/healthz", nil))
	wantCode(t, recorder.Code, recorder.Body.String(), 405, "no_such_method")
}

func TestReload(t *testing.T) {
	done := Reload{Problems: []string{"patchbay.yaml:3: channels: is empty"}}
	server := httptest.NewServer(New(Config{
		Token: token, Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		Reload: func(context.Context) Reload { return done },
	}))
	defer server.Close()
	post := func(authorization string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/api/v1/reload", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", authorization)
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if status, _ := post("Bearer nobody"); status != http.StatusUnauthorized {
		t.Errorf("without the token: %d", status)
	}
	status, body := post("Bearer " + token)
	want(t, status, body, http.StatusUnprocessableEntity,
		`{"applied":false,"problems":["patchbay.yaml:3: channels: is empty"],"changed":[],"needs_restart":[],"warnings":[]}`)
	done = Reload{Applied: true, Changed: []string{"drain"}}
	status, body = post("Bearer " + token)
	want(t, status, body, http.StatusOK, `{"applied":true,"problems":[],"changed":["drain"],"needs_restart":[],"warnings":[]}`)
}

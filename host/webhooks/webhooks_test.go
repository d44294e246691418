package webhooks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// status is a refusal, as a verifier has them.
type status int

func (s status) Error() string   { return fmt.Sprintf("refused with %d", int(s)) }
func (s status) HTTPStatus() int { return int(s) }

var errStale = fmt.Errorf("sent long ago: %w", status(401))

// fakeVerifier answers what it was told to, and keeps what it was asked.
type fakeVerifier struct {
	event  lifecycle.Event
	typing *bridge.Typing
	err    error

	asked  int
	body   string
	header string
}

func (f *fakeVerifier) Verify(_ context.Context, header http.Header, body []byte) (lifecycle.Event, *bridge.Typing, error) {
	f.asked++
	f.body, f.header = string(body), header.Get("X-8x8-Signature")
	return f.event, f.typing, f.err
}

// fakeEngine keeps what it was given.
type fakeEngine struct {
	err    error
	events []lifecycle.Event
	typing []string
}

func (f *fakeEngine) Receive(_ context.Context, ev lifecycle.Event) (int64, error) {
	f.events = append(f.events, ev)
	return 1, f.err
}

func (f *fakeEngine) TicketTyping(_ context.Context, desk, ticket string, t bridge.Typing) {
	f.typing = append(f.typing, fmt.Sprintf("%s %s %s %v", desk, ticket, t.AuthorID, t.For))
}

type bench struct {
	server   *Server
	verifier *fakeVerifier
	engine   *fakeEngine
	registry *prometheus.Registry
	log      *bytes.Buffer
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{verifier: &fakeVerifier{}, engine: &fakeEngine{}, registry: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	b.verifier.event = lifecycle.Event{ID: "8x8:acme01:e1", Kind: lifecycle.EventJoined, Desk: "acme", Ticket: "T1"}
	server, err := New(Config{
		Prefix: "/chat", Engine: b.engine, Stale: errStale, Registry: b.registry,
		Routes: []Route{{"acme", "web", b.verifier}},
		Logger: slog.New(slog.NewTextHandler(b.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.server = server
	return b
}

func (b *bench) post(path string, body io.Reader) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, path, body)
	request.Header.Set("X-8x8-Signature", "header..signature")
	recorder := httptest.NewRecorder()
	b.server.ServeHTTP(recorder, request)
	return recorder
}

// counted are the counters that are not zero, as they are exposed.
func (b *bench) counted(t *testing.T) []string {
	t.Helper()
	recorder := httptest.NewRecorder()
	promhttp.HandlerFor(b.registry, promhttp.HandlerOpts{}).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	var lines []string
	for line := range strings.Lines(recorder.Body.String()) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

const address = "/chat/8x8/acme/web"

// TestOutcomes: what is answered, and how it is counted.
func TestOutcomes(t *testing.T) {
	long := strings.Repeat("x", maxBody+1)
	for _, test := range []struct {
		name     string
		path     string
		body     io.Reader
		refused  error
		kind     lifecycle.EventKind
		received error

		status  int
		code    string
		counted string
		taken   bool
	}{
		{name: "recorded", status: 204, counted: `desk="acme",event="joined",outcome="recorded"`, taken: true},
		{name: "without effect", kind: lifecycle.EventNoted, status: 204, counted: `desk="acme",event="noted",outcome="recorded"`, taken: true},
		{name: "kind that is new", kind: "sung", status: 204, counted: `desk="acme",event="other",outcome="recorded"`, taken: true},
		{name: "not durable", received: fmt.Errorf("commit: %w", bridge.ErrUnavailable), status: 503, code: "unavailable",
			counted: `desk="acme",event="joined",outcome="not_durable"`, taken: true},
		{name: "another host's", received: bridge.ErrNotFound, status: 204, counted: `desk="acme",event="joined",outcome="not_ours"`, taken: true},
		{name: "channel gone", received: bridge.ErrUnknownChannel, status: 404, code: "not_found",
			counted: `desk="acme",event="joined",outcome="no_route"`, taken: true},
		{name: "engine broken", received: errors.New("bug"), status: 500, code: "internal",
			counted: `desk="acme",event="joined",outcome="failed"`, taken: true},

		{name: "forged", refused: status(401), status: 401, code: "unauthorized", counted: `desk="acme",event="",outcome="unsigned"`},
		{name: "stale", refused: fmt.Errorf("verify: %w", errStale), status: 401, code: "unauthorized", counted: `desk="acme",event="",outcome="stale"`},
		{name: "no key", refused: fmt.Errorf("find key: %w", status(503)), status: 503, code: "unavailable", counted: `desk="acme",event="",outcome="no_key"`},
		{name: "broken JSON", refused: status(400), status: 400, code: "broken", counted: `desk="acme",event="",outcome="broken"`},
		{name: "probe", refused: status(204), status: 204, counted: `desk="acme",event="",outcome="nothing"`},
		{name: "verifier broken", refused: errors.New("bug"), status: 500, code: "internal", counted: `desk="acme",event="",outcome="failed"`},

		{name: "too large", body: strings.NewReader(long), status: 413, code: "too_large", counted: `desk="acme",event="",outcome="too_large"`},
		{name: "too large, chunked", body: io.MultiReader(strings.NewReader(long)), status: 413, code: "too_large",
			counted: `desk="acme",event="",outcome="too_large"`},
		{name: "broken off", body: iotest.ErrReader(io.ErrUnexpectedEOF), status: 400, code: "broken",
			counted: `desk="acme",event="",outcome="broken"`},

		{name: "unknown desk", path: "/chat/8x8/acne/web", status: 404, code: "not_found", counted: `desk="",event="",outcome="no_route"`},
		{name: "unknown channel", path: "/chat/8x8/acme/shop", status: 404, code: "not_found", counted: `desk="",event="",outcome="no_route"`},
		{name: "no prefix", path: "/8x8/acme/web", status: 404, code: "not_found", counted: `desk="",event="",outcome="no_route"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.verifier.err, b.engine.err = test.refused, test.received
			if test.kind != "" {
				b.verifier.event.Kind = test.kind
			}
			if test.body == nil {
				test.body = strings.NewReader(`{}`)
			}
			if test.path == "" {
				test.path = address
			}
			got := b.post(test.path, test.body)
			if got.Code != test.status {
				t.Errorf("status %d, want %d", got.Code, test.status)
			}
			if code := `"code":"` + test.code + `"`; test.code != "" && !strings.Contains(got.Body.String(), code) || test.code == "" && got.Body.Len() > 0 {
				t.Errorf("answer %q, want code %q", got.Body, test.code)
			}
			if (len(b.engine.events) == 1) != test.taken {
				t.Errorf("the engine was given %v", b.engine.events)
			}
			if diff := cmp.Diff([]string{"patchbay_webhooks_total{" + test.counted + "} 1"}, b.counted(t)); diff != "" {
				t.Errorf("counted (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEvent: the verifier sees what was sent, the engine what the verifier
// made of it and the channel.
func TestEvent(t *testing.T) {
	for _, body := range []string{"", `{"eventType":"QUEUED"}`, strings.Repeat("x", smallBody), strings.Repeat("x", smallBody+1), strings.Repeat("x", maxBody)} {
		b := newBench(t)
		b.post(address, strings.NewReader(body))
		b.post(address, io.MultiReader(strings.NewReader(body)))
		if b.verifier.asked != 2 || b.verifier.body != body || b.verifier.header != "header..signature" {
			t.Errorf("body of %d bytes: the verifier was asked %d times, about %d bytes and %q", len(body), b.verifier.asked, len(b.verifier.body), b.verifier.header)
		}
		want := b.verifier.event
		want.Channel = "web"
		if diff := cmp.Diff([]lifecycle.Event{want, want}, b.engine.events); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	}
}

func TestTyping(t *testing.T) {
	b := newBench(t)
	b.verifier.event = lifecycle.Event{Desk: "acme", Ticket: "T1"}
	b.verifier.typing = &bridge.Typing{Author: bot.AuthorAgent, AuthorID: "a1", Typing: bot.Typing{For: 10 * time.Second}}
	if got := b.post(address, strings.NewReader("{}")); got.Code != 204 {
		t.Errorf("status %d", got.Code)
	}
	if diff := cmp.Diff([]string{"acme T1 a1 10s"}, b.engine.typing); diff != "" || len(b.engine.events) > 0 {
		t.Errorf("events %v, typing (-want +got):\n%s", b.engine.events, diff)
	}
	if diff := cmp.Diff([]string{`patchbay_webhooks_total{desk="acme",event="typing",outcome="passed"} 1`}, b.counted(t)); diff != "" {
		t.Error(diff)
	}
}

// TestLog: forgeries are logged, why but not each, and not told to the forger.
func TestLog(t *testing.T) {
	b := newBench(t)
	b.verifier.err = fmt.Errorf("kid is strange: %w", status(401))
	var answer string
	for range 100 {
		answer = b.post(address, strings.NewReader("{}")).Body.String()
	}
	if lines := strings.Count(b.log.String(), "kid is strange"); lines < 1 || lines > 50 {
		t.Errorf("logged %d times", lines)
	}
	if strings.Contains(answer, "kid") {
		t.Errorf("answered %s", answer)
	}
	if got := b.counted(t); !strings.HasSuffix(got[0], " 100") {
		t.Errorf("counted %v", got)
	}
}

func TestSetRoutes(t *testing.T) {
	b := newBench(t)
	b.server.SetRoutes([]Route{{"acme", "shop", b.verifier}})
	if got := b.post(address, strings.NewReader("{}")); got.Code != 404 {
		t.Errorf("old route: %d", got.Code)
	}
	if got := b.post("/chat/8x8/acme/shop", strings.NewReader("{}")); got.Code != 204 || b.engine.events[0].Channel != "shop" {
		t.Errorf("new route: %d, %v", got.Code, b.engine.events)
	}
}

func TestNewTwice(t *testing.T) {
	registry := prometheus.NewRegistry()
	if _, err := New(Config{Registry: registry}); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Registry: registry}); err == nil {
		t.Error("metrics were registered twice")
	}
}

// BenchmarkTake is what a webhook costs here, verifier and engine aside.
func BenchmarkTake(b *testing.B) {
	w := newBench(b)
	w.server.engine = idleEngine{}
	text := []byte(`{"eventType":"MESSAGE","conversationId":"T1","timestamp":1629804577002,"data":{"text":"hello"}}`)
	reader := bytes.NewReader(text)
	request := httptest.NewRequest(http.MethodPost, address, nil)
	request.ContentLength, request.Body = int64(len(text)), io.NopCloser(reader)
	recorder := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		reader.Reset(text)
		w.server.ServeHTTP(recorder, request)
	}
}

type idleEngine struct{}

func (idleEngine) Receive(context.Context, lifecycle.Event) (int64, error)     { return 1, nil }
func (idleEngine) TicketTyping(context.Context, string, string, bridge.Typing) {}

package eightx8_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

const (
	testTenant = "tenant01"
	testKey    = "the-api-key"
)

// inProcess answers requests by a handler, without a network: it works inside
// a synctest bubble.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer func() {
		if cut := recover(); cut == http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
			answer, err = nil, io.ErrUnexpectedEOF
		} else if cut != nil {
			panic(cut)
		}
	}()
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// gateway answers each "METHOD /path" by a function, and remembers all calls.
type gateway struct {
	t       *testing.T
	answers map[string]http.HandlerFunc

	mu    sync.Mutex
	calls []string // "METHOD /path?query"
	body  []byte   // of the last call that had one
}

func newGateway(t *testing.T, answers map[string]http.HandlerFunc) *gateway {
	t.Helper()
	return &gateway{t: t, answers: answers}
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	openapitest.Requests(g.t, http.HandlerFunc(g.serve)).ServeHTTP(w, r)
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/chat-gateway/v1")
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	g.mu.Lock()
	g.calls = append(g.calls, strings.TrimSuffix(r.Method+" "+path+"?"+r.URL.RawQuery, "?"))
	if len(body) > 0 {
		g.body = body
	}
	g.mu.Unlock()
	if r.Header.Get("x-api-key") != testKey || r.Header.Get("X-8x8-Tenant") != testTenant {
		g.t.Errorf("%s %s came without key or tenant", r.Method, path)
	}
	answer, ok := g.answers[r.Method+" "+path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	answer(w, r)
}

// bodyOf is a request's body.
func bodyOf(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	return body
}

// count says how many calls there were that begin with prefix.
func (g *gateway) count(prefix string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, call := range g.calls {
		if strings.HasPrefix(call, prefix) {
			n++
		}
	}
	return n
}

// desk makes a desk that the gateway answers.
func (g *gateway) desk(change ...func(*eightx8.Config)) *eightx8.Desk {
	g.t.Helper()
	config := eightx8.Config{
		Name:    "acme",
		Tenant:  testTenant,
		APIKey:  testKey,
		BaseURL: "http://8x8.test",
		HTTP:    &http.Client{Transport: inProcess{g}},
	}
	for _, one := range change {
		one(&config)
	}
	desk, err := eightx8.New(config)
	if err != nil {
		g.t.Fatal(err)
	}
	return desk
}

// answer makes a handler of a status and a body.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/hal+json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// logged makes a logger and what it has written so far.
func logged() (*slog.Logger, *lockedBuffer) {
	var out lockedBuffer
	return slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})), &out
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

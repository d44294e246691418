package simulator

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode) // by default gin prints every route
	m.Run()
}

// testKey is one key for all tests: making one takes long under -race.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// box is a running simulator in a synctest bubble, with a webhook receiver.
type box struct {
	t   *testing.T
	sim *Simulator

	mu       sync.Mutex
	received []received
	answer   func(received) int // nil: 204
}

// received is one webhook as it came in.
type received struct {
	header http.Header
	body   []byte
	event  map[string]any
}

func (r received) id() string { return r.header.Get("x-8x8-event-id") }

// inBox runs f against a simulator with channel 7 (queue 101) whose webhook is
// the box's receiver. o is completed, not replaced.
func inBox(t *testing.T, o Options, f func(*box)) {
	t.Helper()
	key := testKey()
	synctest.Test(t, func(t *testing.T) {
		b := &box{t: t}
		o.Key, o.KeyID, o.Seed = key, "key1", 1
		o.Client = &http.Client{Transport: inMemory{"hooks.example": b}}
		if o.Webhooks == nil {
			o.Webhooks = []Webhook{{ID: "12", Name: "host", URI: "https://hooks.example/8x8"}}
		}
		if o.Channels == nil {
			o.Channels = []Channel{{ID: "7", Name: "Web support", Queue: "101", WebhookID: "12"}}
		}
		b.sim = New(o)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.sim.Run(ctx) }()
		synctest.Wait()
		f(b)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// ServeHTTP is the webhook receiver.
func (b *box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Errorf("read webhook: %v", err)
	}
	in := received{header: r.Header.Clone(), body: body}
	if err := json.Unmarshal(body, &in.event); err != nil {
		b.t.Errorf("decode webhook: %v", err)
	}
	b.mu.Lock()
	b.received = append(b.received, in)
	answer := b.answer
	b.mu.Unlock()
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.WriteHeader(answer(in))
}

// webhooks are those received so far, once all is quiet.
func (b *box) webhooks() []received {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]received(nil), b.received...)
}

// told describes the webhooks received since the last call, a line each.
func (b *box) told() []string {
	lines := []string{}
	for _, w := range b.webhooks() {
		lines = append(lines, describe(w.event))
	}
	b.mu.Lock()
	b.received = nil
	b.mu.Unlock()
	return lines
}

// expect compares what was told since the last call.
func (b *box) expect(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.told()); diff != "" {
		b.t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}

func describe(e map[string]any) string {
	data, _ := e["data"].(map[string]any)
	words := []string{e["eventType"].(string)}
	switch e["eventType"] {
	case eventConversation:
		a := data["assignment"].(map[string]any)
		words = append(words, fmt.Sprint(data["state"], " ", a["type"], " ", a["id"]))
	case eventQueued:
		words = append(words, fmt.Sprint(data["queueId"], " ", data["queueName"]))
	case eventMembers:
		words = append(words, fmt.Sprint(data["memberType"], " ", data["id"], " ", data["change"]))
	case eventMessage:
		sender := data["sender"].(map[string]any)
		words = append(words, fmt.Sprint(sender["type"], " ", sender["id"], " echo=", data["isEcho"], ": ", data["text"]))
	case eventActivity:
		words = append(words, fmt.Sprint(data["name"], " ", data["value"]))
	}
	return strings.Join(words, " ")
}

// reply is an answer of either API.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// get picks a member by its path: "_embedded.messages.0.text".
func (r reply) get(path string) any {
	var at any = r.body
	for name := range strings.SplitSeq(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

func (r reply) text(path string) string { return fmt.Sprint(r.get(path)) }

func (r reply) list(path string) []any {
	list, _ := r.get(path).([]any)
	return list
}

// gateway calls 8x8's API, path as below its base. body is JSON or a value.
func (b *box) gateway(method, path string, body any) reply {
	b.t.Helper()
	header := http.Header{"X-Api-Key": {"simulator"}, "X-8x8-Tenant": {"tenant01"}}
	r, err := b.send(b.t.Context(), method, gatewayPath+path, header, body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// control calls the control API, which must answer 2xx.
func (b *box) control(method, path string, body any) reply {
	b.t.Helper()
	r, err := b.send(b.t.Context(), method, controlPath+path, nil, body)
	if err != nil || r.status > 299 {
		b.t.Fatalf("%s %s: %d %s %v", method, path, r.status, r.raw, err)
	}
	return r
}

func (b *box) send(ctx context.Context, method, path string, header http.Header, body any) (reply, error) {
	payload, isText := body.(string)
	if body != nil && !isText {
		encoded, err := json.Marshal(body)
		if err != nil {
			b.t.Fatalf("encode body: %v", err)
		}
		payload = string(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://8x8.example"+path, strings.NewReader(payload))
	if err != nil {
		b.t.Fatalf("build request: %v", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", jsonType)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	client := &http.Client{Transport: inMemory{"8x8.example": openapitest.Answers(b.t, b.sim.Handler())}}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatalf("read answer: %v", err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, raw: raw}
	_ = json.Unmarshal(raw, &r.body) // answers that are no object are looked at raw
	return r, nil
}

// open creates a conversation for a user called Mia and returns its id.
func (b *box) open() string {
	b.t.Helper()
	r := b.gateway("POST", "/conversations", `{"channelId":"7","user":{"name":"Mia"}}`)
	if r.status != http.StatusAccepted {
		b.t.Fatalf("create: %d %s", r.status, r.raw)
	}
	return r.text("conversationId")
}

// inMemory is a transport that hands requests to handlers, by host.
type inMemory map[string]http.Handler

var errCut = errors.New("connection cut")

func (m inMemory) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	handler, known := m[r.URL.Host]
	if !known {
		return nil, fmt.Errorf("no host %s", r.URL.Host)
	}
	defer func() {
		cut := recover()
		if reason, isError := cut.(error); isError && errors.Is(reason, http.ErrAbortHandler) {
			resp, err = nil, errCut
		} else if cut != nil {
			panic(cut)
		}
	}()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = io.NopCloser(bytes.NewReader(nil))
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, in)
	return rec.Result(), nil
}

package directline

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	webSecret  = "the web channel's secret"
	oldSecret  = "the web channel's secret of last year"
	shopSecret = "the shop channel's secret"
)

// house is a server on loopback with an engine in memory.
type house struct {
	t      testing.TB
	server *Server
	engine *memory
	clock  *handClock
	url    string
}

func newHouse(t testing.TB, change ...func(*Config)) *house {
	t.Helper()
	hub := NewHub()
	h := &house{t: t, engine: newMemory(hub), clock: &handClock{now: noon}}
	cfg := Config{
		Hub: hub, Engine: h.engine, Clock: h.clock, Logger: slog.New(slog.DiscardHandler),
		Channels: []Channel{
			{Name: "web", Secrets: [][]byte{[]byte(webSecret), []byte(oldSecret)}},
			{Name: "shop", Secrets: [][]byte{[]byte(shopSecret)}, Origins: []string{"https://shop.example.com"}},
		},
	}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	h.server, err = New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(h.server.Handler())
	web.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		_ = c.(*net.TCPConn).SetWriteBuffer(64 << 10) // so that a client that does not read is noticed soon
		return ctx
	}
	web.Start()
	t.Cleanup(func() {
		_ = h.server.Shutdown(t.Context()) // t's context is done: at once
		web.Close()
	})
	h.url = web.URL
	return h
}

// answer is what a call answers.
type answer struct {
	status int
	header http.Header
	body   string
}

// into reads the body as JSON.
func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
}

// code is the error's code; empty: it is no error.
func (a answer) code() string {
	var e struct {
		Error struct{ Code, Message string }
	}
	if json.Unmarshal([]byte(a.body), &e) != nil || e.Error.Message == "" {
		return ""
	}
	return e.Error.Code
}

// call does one call. Headers come as name, value, name, value …
func (h *house) call(method, path, bearer, body string, headers ...string) answer {
	h.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = h.url + "/v3/directline" + path
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	for i := 0; i < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// want does a call, checks its status and reads its body into v, if not nil.
func (h *house) want(status int, v any, method, path, bearer, body string, headers ...string) {
	h.t.Helper()
	a := h.call(method, path, bearer, body, headers...)
	if a.status != status {
		h.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.body, status)
	}
	if v != nil {
		a.into(h.t, v)
	}
}

// begin begins a conversation of ann's on the web channel.
func (h *house) begin() conversation {
	h.t.Helper()
	var c conversation
	h.want(200, &c, "POST", "/tokens/generate", webSecret, `{"user":{"id":"dl_ann","name":"Ann"}}`)
	h.want(201, &c, "POST", "/conversations", c.Token, "")
	return c
}

// post posts an activity and answers its id.
func (h *house) post(c conversation, body string) string {
	h.t.Helper()
	var posted struct{ ID string }
	h.want(200, &posted, "POST", "/conversations/"+string(c.ID)+"/activities", c.Token, body)
	return posted.ID
}

// get reads activities after a watermark.
func (h *house) get(c conversation, watermark string) seenSet {
	h.t.Helper()
	var set seenSet
	h.want(200, &set, "GET", "/conversations/"+string(c.ID)+"/activities?watermark="+watermark, c.Token, "")
	return set
}

// seenSet is an activity set as a client reads it.
type seenSet struct {
	Activities []seen
	Watermark  *string
}

// seen is an activity as a client reads it.
type seen struct {
	Type, ID, Text, Name string
	From                 account
	Value                json.RawMessage
	ReplyToID            string
	ChannelData          struct {
		ClientActivityID string
		Patchbay         struct {
			Author bot.Author
			Agent  *bot.Agent
		}
	}
}

func (s seenSet) texts() []string {
	texts := []string{}
	for _, a := range s.Activities {
		texts = append(texts, a.Text)
	}
	return texts
}

// client is the other end of a stream.
type client struct {
	t    testing.TB
	conn *websocket.Conn
}

func (h *house) open(streamURL string, headers ...string) *client {
	h.t.Helper()
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	conn, res, err := websocket.DefaultDialer.DialContext(h.t.Context(), streamURL, header)
	if err != nil {
		h.t.Fatalf("open stream: %v", err)
	}
	res.Body.Close()
	c := &client{t: h.t, conn: conn}
	h.t.Cleanup(func() { conn.Close() })
	return c
}

// next reads one frame.
func (c *client) next() seenSet {
	c.t.Helper()
	var set seenSet
	if err := c.read(&set); err != nil {
		c.t.Fatalf("read frame: %v", err)
	}
	return set
}

func (c *client) read(set *seenSet) error {
	if err := c.conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	return c.conn.ReadJSON(set)
}

// texts reads frames until n activities were seen.
func (c *client) texts(n int) []string {
	c.t.Helper()
	texts := []string{}
	for len(texts) < n {
		texts = append(texts, c.next().texts()...)
	}
	return texts
}

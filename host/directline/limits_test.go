package directline

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// limited is a house whose web channel has limits, and which believes proxies
// at 10.0.0.0/8.
func limited(t testing.TB, l Limits, change ...func(*Config)) *house {
	return newHouse(t, append(change, func(c *Config) {
		c.Channels[0].Limits, c.Spool = l, t.TempDir()
	})...)
}

// wantTooOften checks that a call is refused for so many seconds, and that the
// engine does not hear of it.
func (h *house) wantTooOften(seconds, method, path, bearer, body string, headers ...string) {
	h.t.Helper()
	before := h.engine.taken()
	a := h.call(method, path, bearer, body, headers...)
	if a.status != 429 || a.code() != codeTooManyRequests || a.header.Get("Retry-After") != seconds || !strings.Contains(a.body, "in "+seconds+" s") {
		h.t.Errorf("%s %s: %d %s, Retry-After %q", method, path, a.status, a.body, a.header.Get("Retry-After"))
	}
	if h.engine.taken() != before {
		h.t.Error("something happened")
	}
}

func TestPostsAreLimited(t *testing.T) {
	h := limited(t, Limits{Posts: Limit{PerSecond: 0.5, Burst: 3}})
	c, other := h.begin(), h.begin()
	path := "/conversations/" + string(c.ID) + "/activities"
	const hello = `{"type":"message","text":"hello"}`
	for range 3 {
		h.post(c, hello)
	}
	h.wantTooOften("2", "POST", path, c.Token, hello)
	var renewed conversation
	h.want(200, &renewed, "POST", "/tokens/refresh", c.Token, "")
	h.wantTooOften("2", "POST", path, renewed.Token, `{"type":"typing"}`)
	h.post(other, hello)
	h.get(c, "")
	h.clock.advance(1900 * time.Millisecond) // what was refused costs nothing
	h.wantTooOften("1", "POST", path, c.Token, hello)
	h.clock.advance(100 * time.Millisecond)
	h.post(c, hello)
	h.wantTooOften("2", "POST", path, c.Token, hello)
}

func TestUploadsAreLimited(t *testing.T) {
	h := limited(t, Limits{Uploads: Limit{PerSecond: 0.1, Burst: 2}})
	c := h.begin()
	for range 2 {
		if a := h.upload(c, "", "", png); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	h.wantTooOften("10", "POST", "/conversations/"+string(c.ID)+"/upload", c.Token, png)
	h.post(c, `{"type":"message","text":"hello"}`)
}

func TestReturnsAreLimited(t *testing.T) {
	h := limited(t, Limits{Returns: Limit{PerSecond: 1, Burst: 2}})
	c := h.begin()
	path := "/conversations/" + string(c.ID)
	h.open(c.StreamURL)
	h.want(200, nil, "GET", path, c.Token, "")
	h.wantTooOften("1", "GET", path, c.Token, "")
	h.wantTooOften("1", "GET", path+"/stream?t="+c.Token, "", "")
	h.wantTooOften("1", "POST", "/tokens/refresh", c.Token, "")
	h.clock.advance(time.Second)
	h.want(200, nil, "POST", "/tokens/refresh", c.Token, "")
}

// Starts are counted by address: of the connection, and of X-Forwarded-For
// only where a trusted proxy has connected.
func TestStartsAreLimited(t *testing.T) {
	limits := Limits{Starts: Limit{PerSecond: 1, Burst: 2}}
	h := limited(t, limits)
	c := h.begin()
	h.wantTooOften("1", "POST", "/tokens/generate", webSecret, "", "X-Forwarded-For", "192.0.2.7")
	h.wantTooOften("1", "POST", "/conversations", c.Token, "", "X-Forwarded-For", "192.0.2.8")
	h.want(201, nil, "POST", "/conversations", shopSecret, "") // another channel
	h.post(c, `{"type":"message","text":"hello"}`)

	h = limited(t, limits, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	for _, customer := range []string{"192.0.2.7", "192.0.2.8"} {
		for range 2 {
			h.want(200, nil, "POST", "/tokens/generate", webSecret, "", "X-Forwarded-For", "198.51.100.1, "+customer)
		}
		h.wantTooOften("1", "POST", "/tokens/generate", webSecret, "", "X-Forwarded-For", "198.51.100.2, "+customer)
	}
}

// Who runs a proxy and has not said so is told why customers are refused.
func TestForgottenProxyIsLogged(t *testing.T) {
	var log bytes.Buffer
	h := limited(t, Limits{Starts: Limit{PerSecond: 1, Burst: 1}}, func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	h.want(200, nil, "POST", "/tokens/generate", webSecret, "")
	h.wantTooOften("1", "POST", "/tokens/generate", webSecret, "")
	if strings.Contains(log.String(), "trusted_proxies") {
		t.Errorf("without a proxy: %s", &log)
	}
	for range 3 {
		h.wantTooOften("1", "POST", "/tokens/generate", webSecret, "", "X-Forwarded-For", "192.0.2.7")
	}
	if strings.Count(log.String(), "trusted_proxies") != 1 || !strings.Contains(log.String(), "address=127.0.0.1") {
		t.Errorf("with a proxy: %s", &log)
	}
}

// Customers without limits have none.
func TestNoLimits(t *testing.T) {
	h := limited(t, Limits{})
	c := h.begin()
	for range 200 {
		h.post(c, `{"type":"message","text":"hello"}`)
	}
}

// However many there are, a meter keeps account of a bounded number, and
// forgets who was quiet for longest.
func TestMeterIsBounded(t *testing.T) {
	m := newMeter(Limit{PerSecond: 1, Burst: 1})
	m.most = 100
	now := noon
	m.take("busy", now)
	for i := range 10_000 {
		if wait := m.take(fmt.Sprint("flood ", i), now); wait != 0 {
			t.Fatalf("flood %d waits %s", i, wait)
		}
		if wait := m.take("busy", now); wait != time.Second {
			t.Fatalf("after %d others busy waits %s", i+1, wait)
		}
		if len(m.known) > 100 || m.order.Len() != len(m.known) {
			t.Fatalf("%d known, %d in order", len(m.known), m.order.Len())
		}
	}
	if m.take("flood 9999", now) == 0 || m.take("flood 1", now) != 0 {
		t.Error("the newest is not known, or the oldest is")
	}
	if newMeter(Limit{1, 1}).most != mostKept {
		t.Error("a meter has no bound")
	}
}

// What is kept of a conversation is its id, not the request that named it.
func TestMeterKeepsNoRequests(t *testing.T) {
	h := limited(t, Limits{Posts: Limit{PerSecond: 1, Burst: 10}, Returns: Limit{PerSecond: 1, Burst: 10}})
	const many, padding = 200, 60 << 10
	query := "?x=" + strings.Repeat("x", padding)
	before := inUse()
	for range many {
		c := h.begin()
		h.want(200, nil, "POST", "/conversations/"+string(c.ID)+"/activities"+query, c.Token, `{"type":"message","text":"hello"}`)
		h.want(200, nil, "GET", "/conversations/"+string(c.ID)+query, c.Token, "")
	}
	if grown := int64(inUse()) - int64(before); grown > many*padding/2 {
		t.Errorf("%d conversations keep %d bytes each", many, grown/many)
	}
	h.want(404, nil, "POST", "/conversations/"+strings.Repeat("x", padding)+"/activities", webSecret, `{"type":"typing"}`)
	if known := len(h.server.channels.Load().byName["web"].meters.posts.known); known != many {
		t.Errorf("%d are known", known)
	}
}

// TestStreamsAtOnce: streams that are opened at the same time count, too.
func TestStreamsAtOnce(t *testing.T) {
	h := NewHub()
	for i := range maxStreams + 1 {
		if taken := h.add(&socket{}); taken != (i < maxStreams) {
			t.Errorf("stream %d: %v", i+1, taken)
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	for range maxStreams {
		h.open(c.StreamURL).texts(1)
	}
	h.wantTooOften("75", "GET", "/conversations/"+string(c.ID)+"/stream?t="+c.Token, "", "",
		"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	h.open(h.begin().StreamURL).texts(1)
}

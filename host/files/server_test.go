package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// shelf is an engine with one file, conv/7/2, or an error.
type shelf struct {
	file    bridge.File
	content io.ReadCloser
	err     error
	closed  bool
}

func (s *shelf) Attachment(_ context.Context, conversation bot.ConversationID, entry int64, index int) (bridge.File, error) {
	switch {
	case s.err != nil:
		return bridge.File{}, s.err
	case conversation != "conv" || entry != 7 || index != 2:
		return bridge.File{}, bridge.ErrNotFound
	}
	file := s.file
	file.Open = func() (io.ReadCloser, error) { return s.content, nil }
	return file, nil
}

// book is a content that can be sought and closed.
type book struct {
	*bytes.Reader
	shelf *shelf
}

func (b book) Close() error {
	b.shelf.closed = true
	return nil
}

type house struct {
	t         *testing.T
	addresses *Addresses
	clock     *handClock
	shelf     *shelf
	handler   http.Handler
	log       *bytes.Buffer
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, shelf: &shelf{file: bridge.File{Name: "cat.png", ContentType: "image/png"}}, log: &bytes.Buffer{}}
	h.addresses, h.clock = newAddresses("key")
	h.shelf.content = book{bytes.NewReader([]byte("0123456789")), h.shelf}
	var err error
	if h.handler, err = New(Config{
		Addresses: h.addresses, Engine: h.shelf, Prefix: "/bots", Logger: slog.New(slog.NewTextHandler(h.log, nil)),
		Registry: prometheus.NewRegistry(),
	}); err != nil {
		t.Fatal(err)
	}
	return h
}

// path is the path of the file's address.
func (h *house) path() string { return h.pathOf("conv", 7, 2) }

func (h *house) pathOf(conversation bot.ConversationID, entry int64, index int) string {
	return strings.TrimPrefix(h.addresses.URL(time.Hour, conversation, entry, index, "cat.png"), "https://chat.example.com")
}

func (h *house) do(method, path string, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Referrer-Policy": "no-referrer", "Access-Control-Allow-Origin": "*",
	} {
		if got := w.Header().Get(name); got != want {
			h.t.Errorf("%s %s: %s is %q", method, path, name, got)
		}
	}
	return w
}

func TestGet(t *testing.T) {
	h := newHouse(t)
	w := h.do("GET", h.path())
	if w.Code != 200 || w.Body.String() != "0123456789" || !h.shelf.closed {
		t.Errorf("%d %q, closed: %v", w.Code, w.Body, h.shelf.closed)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Content-Length": "10", "Accept-Ranges": "bytes",
		"Content-Disposition": `inline; filename="cat.png"`, "Cache-Control": "private, max-age=3600",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	tag := w.Header().Get("ETag")
	for _, test := range []struct {
		method  string
		headers []string
		status  int
		body    string
	}{
		{"HEAD", nil, 200, ""},
		{"GET", []string{"Range", "bytes=2-4"}, 206, "234"},
		{"GET", []string{"Range", "bytes=-2"}, 206, "89"},
		{"GET", []string{"Range", "bytes=2-4", "If-Range", tag}, 206, "234"},
		{"GET", []string{"Range", "bytes=2-4", "If-Range", `"other"`}, 200, "0123456789"},
		{"GET", []string{"If-None-Match", tag}, 304, ""},
		{"OPTIONS", []string{"Origin", "https://example.com", "Access-Control-Request-Method", "GET"}, 204, ""},
		{"POST", nil, 405, "A file can be read, and nothing else.\n"},
	} {
		if w := h.do(test.method, h.path(), test.headers...); w.Code != test.status || w.Body.String() != test.body {
			t.Errorf("%s %v: %d %q", test.method, test.headers, w.Code, w.Body)
		}
	}
	if w := h.do("GET", h.path(), "Range", "bytes=20-30"); w.Code != 416 {
		t.Errorf("a range behind the end: %d", w.Code)
	}
}

// What can do something in a browser is never shown by one.
func TestServed(t *testing.T) {
	for kind, want := range map[string]string{
		"image/png": "image/png", "Image/JPEG": "image/jpeg", "image/gif; x=y": "image/gif", "image/webp": "image/webp",
		"audio/ogg": "audio/ogg", "video/mp4; codecs=avc1": "video/mp4",
		"": "", "text/html": "", "text/html; charset=utf-8": "", "image/svg+xml": "", "application/xhtml+xml": "", "text/xml": "",
		"application/pdf": "", "text/plain": "", "application/javascript": "", "text/css": "", "image": "", "image/png, text/html": "",
		"image/png\r\nX-Evil: 1": "",
	} {
		got, inline := served(kind)
		if inline != (want != "") || inline && got != want || !inline && got != octets {
			t.Errorf("%q: %s, %v", kind, got, inline)
		}
	}
}

func TestDisposition(t *testing.T) {
	for name, want := range map[string]string{
		"":                `attachment`,
		"a b.pdf":         `attachment; filename="a b.pdf"`,
		"Grüße.pdf":       `attachment; filename="Gr__e.pdf"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf`,
		`a"; x="b.pdf`:    `attachment; filename="a_; x=_b.pdf"; filename*=UTF-8''a%22%3B%20x%3D%22b.pdf`,
		"50% off.pdf":     `attachment; filename="50_ off.pdf"; filename*=UTF-8''50%25%20off.pdf`,
		"../../x\r\nY: z": `attachment; filename=".._.._x__Y: z"`,
		"\xff.pdf":        `attachment; filename="_.pdf"`,
	} {
		got := disposition(false, name)
		if got != want {
			t.Errorf("%q:\n%s, want\n%s", name, got, want)
		}
		if _, _, err := mime.ParseMediaType(got); err != nil && !strings.Contains(got, "*=") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// An address that was forged, one that has expired, and one of a file that is
// gone are answered alike, to the byte.
func TestAlike(t *testing.T) {
	h := newHouse(t)
	good := h.path()
	other, _ := newAddresses("another key")
	forged := strings.TrimPrefix(other.URL(time.Hour, "conv", 7, 2, "cat.png"), "https://chat.example.com")
	expired := good
	wants := h.do("GET", "/bots/files/nonsense/cat.png")
	if wants.Code != 404 {
		t.Fatalf("%d %s", wants.Code, wants.Body)
	}
	check := func(what, path string) {
		t.Helper()
		w := h.do("GET", path)
		if diff := cmp.Diff(wants.Header(), w.Header()); diff != "" || w.Code != wants.Code || w.Body.String() != wants.Body.String() {
			t.Errorf("%s: %d %q\n%s", what, w.Code, w.Body, diff)
		}
	}
	check("forged", forged)
	check("no such entry", h.pathOf("conv", 8, 2))
	check("no such file", h.pathOf("conv", 7, 3))
	check("no such conversation", h.pathOf("vnoc", 7, 2))
	check("no token", "/bots/files//cat.png")
	check("no name", strings.TrimSuffix(good, "/cat.png"))
	check("elsewhere", "/bots/other")
	h.shelf.err = &bridge.DeskError{Kind: bridge.DeskRefused, Err: errors.New("404 at https://api.8x8.com")}
	check("gone at the desk", good)
	h.shelf.err = fmt.Errorf("fetch file: %w", bridge.ErrTooLarge)
	check("too large for us", good)
	h.shelf.err = nil
	h.clock.now = h.clock.now.Add(2 * time.Hour)
	check("expired", expired)
}

func TestTroubles(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		err    error
		status int
		retry  string
	}{
		{&bridge.DeskError{Kind: bridge.DeskUnavailable, Err: errors.New("POST https://api.8x8.com: 500")}, 503, "10"},
		{&bridge.DeskError{Kind: bridge.DeskUnavailable, RetryAfter: time.Minute, Err: errors.New("429")}, 503, "60"},
		{&bridge.DeskError{Kind: bridge.DeskDenied, Err: errors.New("401")}, 503, "10"},
		{fmt.Errorf("keep: %w", bridge.ErrNoRoom), 503, "10"},
		{errors.New("open /var/lib/patchbay/x: input/output error"), 500, ""},
	} {
		h.log.Reset()
		h.shelf.err = test.err
		w := h.do("GET", h.path())
		if w.Code != test.status || w.Header().Get("Retry-After") != test.retry || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v: %d %v", test.err, w.Code, w.Header())
		}
		if body := w.Body.String(); strings.Contains(body, "8x8") || strings.Contains(body, "/var") || strings.Contains(body, "conv") {
			t.Errorf("%v: %s", test.err, body)
		}
		if !strings.Contains(h.log.String(), "conversation=conv entry=7") {
			t.Errorf("%v: the log says %q", test.err, h.log)
		}
		if head := h.do("HEAD", h.path()); head.Code != test.status || head.Body.Len() != 0 {
			t.Errorf("HEAD: %d %q", head.Code, head.Body)
		}
	}
	h.shelf.err, h.shelf.content = nil, io.NopCloser(strings.NewReader("cannot be sought"))
	if w := h.do("GET", h.path()); w.Code != 500 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.shelf.content = nil // which panics
	if w := h.do("GET", h.path()); w.Code != 500 || !strings.Contains(h.log.String(), "panicked") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

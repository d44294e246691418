package directline

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestStartBeginsOnce(t *testing.T) {
	h := newHouse(t)
	var c, again conversation
	h.want(200, &c, "POST", "/tokens/generate", webSecret, `{"user":{"id":"dl_ann","name":"Ann"}}`)
	if h.engine.taken() != 0 || c.StreamURL != "" {
		t.Error("a token begins nothing")
	}
	h.want(201, &c, "POST", "/conversations", c.Token, `{"user":{"id":"dl_bob"},"locale":"de-DE"}`)
	h.want(200, &again, "POST", "/conversations", c.Token, "")
	want := lifecycle.Event{
		ID: "dl:" + string(c.ID), Kind: lifecycle.EventStarted, At: noon, Conversation: c.ID, Channel: "web",
		Customer: &bot.Customer{ID: "dl_ann", Name: "Ann", Verified: true}, Language: "de-DE",
	}
	if diff := cmp.Diff([]lifecycle.Event{want}, h.engine.seen); diff != "" {
		t.Error(diff)
	}
	if again.ID != c.ID {
		t.Errorf("%s, then %s", c.ID, again.ID)
	}
	for _, opened := range []conversation{c, again} {
		if diff := cmp.Diff([]string{"Hello!"}, h.open(opened.StreamURL).texts(1)); diff != "" {
			t.Errorf("a greeting said before the stream was open: %s", diff)
		}
	}
}

// Who is who: the body that a conversation is started with, and the customer
// that the engine is told of.
func TestIdentity(t *testing.T) {
	h := newHouse(t)
	var anonymous, ann conversation
	h.want(200, &anonymous, "POST", "/tokens/generate", webSecret, "")
	h.want(200, &ann, "POST", "/tokens/generate", webSecret, `{"user":{"id":"dl_ann"}}`)
	var page conversation
	h.want(200, &page, "POST", "/tokens/generate", webSecret, `{"user":{"id":"dl_eve"}}`, "Origin", "https://www.example.com")

	for _, test := range []struct {
		name, bearer, body, origin string
		want                       *bot.Customer
	}{
		{"a server vouches", webSecret, `{"user":{"id":"4711","name":"Ann"}}`, "", &bot.Customer{ID: "4711", Name: "Ann", Verified: true}},
		{"a page with the secret can't", webSecret, `{"user":{"id":"4711"}}`, "https://www.example.com", &bot.Customer{ID: "4711"}},
		{"nor can a token that it got", page.Token, `{}`, "", &bot.Customer{ID: "dl_eve"}},
		{"a token's user stays", ann.Token, `{"user":{"id":"dl_bob","name":"Director"}}`, "", &bot.Customer{ID: "dl_ann", Verified: true}},
		{"a token without user takes one", anonymous.Token, `{"user":{"id":"r_1"}}`, "", &bot.Customer{ID: "r_1"}},
		{"nobody is named", webSecret, "", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var headers []string
			if test.origin != "" {
				headers = []string{"Origin", test.origin}
			}
			h.want(201, nil, "POST", "/conversations", test.bearer, test.body, headers...)
			if diff := cmp.Diff(test.want, h.engine.last().Customer); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, body := range []string{
		`{"user":{"id":"` + strings.Repeat("x", 257) + `"}}`, `{"user":{"name":"a\nb"}}`, `{"user":"ann"}`,
		`{"trustedOrigins":["www"]}`, `{"trustedOrigins":["https://a.b/c"]}`,
		`{"trustedOrigins":["https://a.b"` + strings.Repeat(`,"https://a.b"`, maxOrigins) + `]}`, `[`, `"text"`,
	} {
		if a := h.call("POST", "/tokens/generate", webSecret, body); a.status != 400 || a.code() != codeBadArgument {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}

func TestReconnect(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	h.post(c, `{"type":"message","text":"one"}`)
	path := "/conversations/" + string(c.ID)
	for query, want := range map[string]string{"": "3", "?watermark=": "0", "?watermark=-": "0", "?watermark=2": "2"} {
		for _, bearer := range []string{c.Token, webSecret} {
			var again conversation
			h.want(200, &again, "GET", path+query, bearer, "")
			u, err := url.Parse(again.StreamURL)
			if err != nil || u.Query().Get("watermark") != want || u.Query().Get("t") != again.Token {
				t.Errorf("%q: %s, %v", query, again.StreamURL, err)
			}
			_, cl, err := h.server.channels.Load().verify(again.Token, noon)
			wanted := claims{Channel: "web", Conversation: c.ID, User: "dl_ann", Name: "Ann", Verified: true}
			if diff := cmp.Diff(wanted, cl, cmpopts.IgnoreFields(claims{}, "Expires")); diff != "" || err != nil {
				t.Error(diff, err)
			}
		}
	}
	for _, bad := range []string{"x", "-1", "1.5", "99999999999999999999"} {
		if a := h.call("GET", path+"?watermark="+bad, c.Token, ""); a.status != 400 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
}

func TestStreamURL(t *testing.T) {
	start := func(h *house, headers ...string) string {
		var c conversation
		h.want(201, &c, "POST", "/conversations", webSecret, "", headers...)
		before, _, _ := strings.Cut(c.StreamURL, string(c.ID))
		return before
	}
	plain := newHouse(t)
	public := newHouse(t, func(c *Config) { c.PublicURL = "https://chat.example.com/bots/" })
	for _, test := range []struct{ got, want string }{
		{start(plain), strings.Replace(plain.url, "http", "ws", 1)},
		{start(plain, "Host", "chat.example.com"), "ws://chat.example.com"},
		{start(plain, "Host", "chat.example.com", "X-Forwarded-Proto", "https, http"), "wss://chat.example.com"},
		{start(public, "Host", "other.example.com"), "wss://chat.example.com/bots"},
	} {
		if want := test.want + "/v3/directline/conversations/"; test.got != want {
			t.Errorf("%s, want %s", test.got, want)
		}
	}
}

func TestEngineTroubles(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	for _, test := range []struct {
		err    error
		status int
		code   string
	}{
		{bridge.ErrUnavailable, 503, codeServiceUnavailable},
		{bridge.ErrUnknownChannel, 404, codeConversationNotFound},
		{bridge.ErrConflict, 500, codeServiceError},
	} {
		h.engine.failWith(test.err)
		a := h.call("POST", "/conversations/"+string(c.ID)+"/activities", c.Token, `{"type":"message","text":"hi"}`)
		if a.status != test.status || a.code() != test.code || (a.header.Get("Retry-After") != "") != (a.status == 503) {
			t.Errorf("%v: %d %s", test.err, a.status, a.body)
		}
	}
}

func TestCORS(t *testing.T) {
	h := newHouse(t)
	const page, elsewhere = "https://shop.example.com", "https://evil.example.com"
	a := h.call("OPTIONS", "/conversations", "", "", "Origin", elsewhere,
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,x-ms-bot-agent")
	if a.status != 204 || a.header.Get("Vary") == "" || a.header.Get("Access-Control-Allow-Headers") != "authorization,x-ms-bot-agent" ||
		!strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("preflight: %d %v", a.status, a.header)
	}
	var c conversation
	h.want(200, &c, "POST", "/tokens/generate", shopSecret, `{"trustedOrigins":["https://Partner.example.com/"]}`)
	for _, test := range []struct {
		origin, bearer string
		status         int
		allowed        string
	}{
		{page, c.Token, 201, page},
		{"https://partner.example.com", c.Token, 200, "https://partner.example.com"},
		{elsewhere, c.Token, 403, ""},
		{"null", c.Token, 403, ""},
		{elsewhere, shopSecret, 403, ""},
		{"https://partner.example.com", shopSecret, 403, ""},
		{elsewhere, "nonsense", 401, elsewhere}, // or the page can't tell why
		{elsewhere, webSecret, 201, elsewhere},  // the channel trusts all
	} {
		a := h.call("POST", "/conversations", test.bearer, "", "Origin", test.origin)
		if a.status != test.status || a.header.Get("Access-Control-Allow-Origin") != test.allowed ||
			a.header.Get("Vary") != "Origin" || a.header.Get("Access-Control-Expose-Headers") != "Retry-After" {
			t.Errorf("%s: %d %s, %v", test.origin, a.status, a.body, a.header)
		}
	}
	// Who holds a token cannot widen it.
	var wider conversation
	h.want(200, &wider, "POST", "/conversations", c.Token, `{"trustedOrigins":["`+elsewhere+`"]}`, "Origin", page)
	if a := h.call("POST", "/tokens/refresh", wider.Token, "", "Origin", elsewhere); a.code() != codeOriginNotTrusted {
		t.Errorf("%d %s", a.status, a.body)
	}
	// A token has its origins for as long as it is renewed.
	for _, call := range [][2]string{{"POST", "/tokens/refresh"}, {"GET", "/conversations/" + string(c.ID)}, {"POST", "/conversations"}} {
		var renewed conversation
		h.want(200, &renewed, call[0], call[1], c.Token, "", "Origin", page)
		if a := h.call("POST", "/tokens/refresh", renewed.Token, "", "Origin", "https://partner.example.com"); a.status != 200 {
			t.Errorf("%s: %d %s", call, a.status, a.body)
		}
	}
	stream := "/conversations/" + string(c.ID) + "/stream?t=" + c.Token
	if a := h.call("GET", stream, "", "", "Origin", elsewhere); a.code() != codeOriginNotTrusted {
		t.Errorf("stream: %d %s", a.status, a.body)
	}
}

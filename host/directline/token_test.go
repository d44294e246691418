package directline

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTokenMisuse(t *testing.T) {
	h := newHouse(t)
	mine, other := h.begin(), h.begin()
	var shop conversation
	h.want(200, &shop, "POST", "/tokens/generate", shopSecret, "")

	payload, signature, _ := strings.Cut(mine.Token, ".")
	body, _ := base64.RawURLEncoding.DecodeString(payload)
	forge := func(from, to string) string {
		forged := strings.Replace(string(body), from, to, 1)
		if forged == string(body) {
			t.Fatalf("%s is not in %s", from, body)
		}
		return base64.RawURLEncoding.EncodeToString([]byte(forged)) + "." + signature
	}
	activities := "/conversations/" + string(mine.ID) + "/activities"
	stream := "/conversations/" + string(mine.ID) + "/stream"

	for _, test := range []struct {
		name, method, path, bearer string
		status                     int
		code                       string
	}{
		{"none", "GET", activities, "", 401, codeUnauthorized},
		{"nonsense", "GET", activities, "nonsense", 401, codeUnauthorized},
		{"nonsense with a dot", "GET", activities, "non.sense", 401, codeUnauthorized},
		{"wrong secret", "POST", "/tokens/generate", "not the web channel's secret", 401, codeUnauthorized},
		{"signature cut off", "GET", activities, payload + ".", 401, codeUnauthorized},
		{"signature of another", "GET", activities, payload + "." + strings.SplitN(other.Token, ".", 2)[1], 401, codeUnauthorized},
		{"another user", "GET", activities, forge("dl_ann", "dl_bob"), 401, codeUnauthorized},
		{"longer life", "GET", activities, forge(`"e":1`, `"e":9`), 401, codeUnauthorized},
		{"another channel claimed", "GET", activities, forge(`"web"`, `"shop"`), 401, codeUnauthorized},
		{"unknown channel claimed", "GET", activities, forge(`"web"`, `"none"`), 401, codeUnauthorized},
		{"huge", "GET", activities, mine.Token + strings.Repeat("A", maxToken), 401, codeUnauthorized},
		{"another conversation's to read", "GET", activities, other.Token, 403, codeForbidden},
		{"another conversation's to write", "POST", activities, other.Token, 403, codeForbidden},
		{"another conversation's to reconnect", "GET", "/conversations/" + string(mine.ID), other.Token, 403, codeForbidden},
		{"another conversation's stream", "GET", stream + "?t=" + other.Token, "", 403, codeForbidden},
		{"another channel's", "GET", activities, shop.Token, 403, codeForbidden},
		{"another channel's secret", "GET", activities, shopSecret, 404, codeConversationNotFound},
		{"another channel's secret to write", "POST", activities, shopSecret, 404, codeConversationNotFound},
		{"a secret where a token is renewed", "POST", "/tokens/refresh", webSecret, 403, codeForbidden},
		{"a token where one is given out", "POST", "/tokens/generate", mine.Token, 403, codeForbidden},
		{"a secret in an address", "GET", stream + "?t=" + strings.ReplaceAll(webSecret, " ", "%20"), "", 401, codeUnauthorized},
		{"a secret for a stream", "GET", stream, webSecret, 403, codeForbidden},
		{"a conversation that has not begun", "GET", "/conversations/" + string(shop.ID) + "/activities", shop.Token, 404, codeConversationNotFound},
		{"an unknown conversation", "GET", "/conversations/none/activities", webSecret, 404, codeConversationNotFound},
		{"an unknown conversation to write", "POST", "/conversations/none/activities", webSecret, 404, codeConversationNotFound},
		{"no stream", "GET", stream, mine.Token, 400, codeBadArgument},
		{"no call", "GET", "/nothing", mine.Token, 404, codeNotFound},
		{"no method", "DELETE", activities, mine.Token, 405, codeNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := h.engine.taken()
			body := ""
			if strings.HasSuffix(test.name, "write") {
				body = `{"type":"message","text":"hi","from":{"id":"x"}}`
			}
			a := h.call(test.method, test.path, test.bearer, body)
			if diff := cmp.Diff([]any{test.status, test.code}, []any{a.status, a.code()}); diff != "" {
				t.Errorf("%s\n%s", diff, a.body)
			}
			if a.header.Get("Cache-Control") != "no-store" || (a.header.Get("WWW-Authenticate") == "Bearer") != (a.status == 401) {
				t.Errorf("%v", a.header)
			}
			if h.engine.taken() != before {
				t.Error("something happened")
			}
		})
	}
}

func TestTokenExpires(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	if c.ExpiresIn != 1800 {
		t.Errorf("expires in %d s", c.ExpiresIn)
	}
	stream := h.open(c.StreamURL)
	stream.texts(1)

	h.clock.advance(29 * time.Minute)
	var renewed conversation
	h.want(200, &renewed, "POST", "/tokens/refresh", c.Token, "")
	h.clock.advance(time.Minute)
	for _, call := range [][2]string{
		{"POST", "/tokens/refresh"}, {"POST", "/conversations"},
		{"GET", "/conversations/" + string(c.ID)},
		{"GET", "/conversations/" + string(c.ID) + "/stream?t=" + c.Token},
		{"GET", "/conversations/" + string(c.ID) + "/activities"},
	} {
		a := h.call(call[0], call[1], c.Token, "")
		if a.status != 403 || a.code() != codeTokenExpired {
			t.Errorf("%s: %d %s", call, a.status, a.body)
		}
	}
	renewed.StreamURL = c.StreamURL
	h.post(renewed, `{"type":"message","text":"still here"}`)
	if diff := cmp.Diff([]string{"still here"}, stream.texts(1)); diff != "" {
		t.Errorf("the open stream: %s", diff)
	}
}

func TestTokenOutlivesRestartAndNewSecret(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	again, err := newChannels([]Channel{{Name: "web", Secrets: [][]byte{[]byte("next year's secret"), []byte(webSecret)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, cl, err := again.verify(c.Token, noon); err != nil || cl.User != "dl_ann" || !cl.Verified {
		t.Errorf("%+v, %v", cl, err)
	}
	renamed, err := newChannels([]Channel{{Name: "www", Secrets: [][]byte{[]byte(webSecret)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := renamed.verify(c.Token, noon); err == nil {
		t.Error("a channel that is gone has a token")
	}
	setChannels, err := h.server.PrepareChannels([]Channel{{Name: "web", Secrets: [][]byte{[]byte("next year's secret")}}})
	if err != nil {
		t.Fatal(err)
	}
	setChannels()
	if a := h.call("POST", "/tokens/refresh", c.Token, ""); a.status != 401 {
		t.Errorf("the secret is gone, its token is good: %d %s", a.status, a.body)
	}
}

func TestChannelsRefused(t *testing.T) {
	good := []byte("a secret that is long enough")
	for _, test := range []struct {
		name     string
		channels []Channel
		want     string
	}{
		{"shared secret", []Channel{{Name: "a", Secrets: [][]byte{good}}, {Name: "b", Secrets: [][]byte{good}}},
			"directline: channel b: secret 1 is a secret of channel a too"},
		{"no secret", []Channel{{Name: "a"}}, "directline: channel a: it has no secret"},
		{"short secret", []Channel{{Name: "a", Secrets: [][]byte{good, []byte("short")}}},
			"directline: channel a: secret 2 has 5 bytes, at least 16 are needed"},
		{"same name", []Channel{{Name: "a", Secrets: [][]byte{good}}, {Name: "a", Secrets: [][]byte{[]byte("another secret, long enough")}}},
			"directline: channel a: its name is empty or taken"},
		{"origin", []Channel{{Name: "a", Secrets: [][]byte{good}, Origins: []string{"www.example.com/chat"}}},
			`directline: channel a: origin "www.example.com/chat": must look like https://www.example.com`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := New(Config{Engine: newMemory(NewHub()), Channels: test.channels})
			if err == nil || err.Error() != test.want {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	if _, err := New(Config{Engine: newMemory(NewHub()), PublicURL: "chat.example.com"}); err == nil {
		t.Error("a public url without a scheme is taken")
	}
	if _, err := New(Config{}); err == nil {
		t.Error("a server needs an engine")
	}
}

// FuzzBearer: no text but a token that was signed here opens anything, and one
// that was opens what it was signed for.
func FuzzBearer(f *testing.F) {
	made, err := newChannels([]Channel{{Name: "web", Secrets: [][]byte{[]byte(webSecret), []byte(oldSecret)}}})
	if err != nil {
		f.Fatal(err)
	}
	web := made.byName["web"]
	good := web.sign(claims{Conversation: "c1", User: "dl_ann", Origins: []string{"https://www.example.com"}}, noon)
	payload, signature, _ := strings.Cut(good, ".")
	for _, seed := range []string{
		good, good + "=", payload + "..", "." + signature, payload + "." + strings.ToLower(signature), webSecret, "",
		base64.RawURLEncoding.EncodeToString([]byte(`{"c":"web","i":"c1","e":9999999999}`)) + "." + signature,
		base64.RawURLEncoding.EncodeToString([]byte(`{"c":null}`)) + ".",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		c, cl, err := made.verify(token, noon)
		switch {
		case token == good:
			if err != nil || c != web || cl.Conversation != "c1" || cl.User != "dl_ann" {
				t.Errorf("the good one: %+v, %v", cl, err)
			}
		case err == nil:
			t.Errorf("%q opens %+v", token, cl)
		}
		if _, ok := made.secret(token); ok != (token == webSecret || token == oldSecret) {
			t.Errorf("%q is a secret: %v", token, ok)
		}
	})
}

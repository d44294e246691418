package host_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/host/directline"
)

// TestTokensOfOthers: who has no right to a conversation is refused in Direct
// Line's own form, whatever is asked for.
func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c, other := w.newCustomer(webSecret), w.newCustomer(webSecret)
	c.says("hello")
	seen := []string{"Kim: hello", "echo: You said: hello"}
	c.awaitSees(seen...)
	conversation := strings.TrimSuffix(c.activities(), "/activities")

	for _, one := range []struct {
		what, bearer string
		status       int
		code         string
	}{
		{"none", "", 401, "Unauthorized"},
		{"no token at all", "let me in", 401, "Unauthorized"},
		{"one with a letter changed", c.Token[:len(c.Token)-4] + "AAAA", 401, "Unauthorized"},
		{"one that has expired", w.tokenOf(webSecret, time.Now().Add(-time.Hour)), 403, "TokenExpired"},
		{"one signed with a secret that is not ours", w.tokenOf("not the secret of the web channel", time.Now()), 401, "Unauthorized"},
		{"another conversation's", other.Token, 403, "Forbidden"},
		{"another channel's secret", shopSecret, 404, "ConversationNotFound"},
	} {
		for _, call := range [][2]string{
			{"GET", conversation}, {"GET", c.activities()}, {"POST", c.activities()}, {"GET", conversation + "/stream"},
		} {
			method, path := call[0], call[1]
			if one.bearer == shopSecret && strings.HasSuffix(path, "/stream") { // takes tokens alone
				continue
			}
			var refusal struct {
				Error struct{ Code, Message string }
			}
			body := map[string]string{"type": "message", "text": "not to be heard"}
			status := w.call(method, path, one.bearer, body, &refusal)
			if status != one.status || refusal.Error.Code != one.code || refusal.Error.Message == "" {
				t.Errorf("%s, %s %s: %d %+v, want %d %s", one.what, method, path, status, refusal.Error, one.status, one.code)
			}
		}
	}
	c.awaitSees(seen...)
}

// tokenOf is a token of the channel web that another host has made, at some
// other time.
func (w *world) tokenOf(secret string, at time.Time) string {
	w.t.Helper()
	var noEngine struct{ directline.Engine }
	line, err := directline.New(directline.Config{
		Channels: []directline.Channel{{Name: "web", Secrets: [][]byte{[]byte(secret)}, TokenLife: time.Minute}},
		Engine:   noEngine, Clock: stopped{at: at},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	server := httptest.NewServer(line.Handler())
	defer server.Close()
	var made struct{ Token string }
	if status := w.call("POST", server.URL+"/v3/directline/tokens/generate", secret, nil, &made); status != http.StatusOK {
		w.t.Fatalf("generate token: %d", status)
	}
	return made.Token
}

// stopped is a clock that stands.
type stopped struct {
	bridge.RealClock
	at time.Time
}

func (s stopped) Now() time.Time { return s.at }

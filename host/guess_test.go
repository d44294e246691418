package host_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

// TestGuessing: who has a conversation of their own, or another channel's
// secret, gets at nothing of somebody else's by its id, by watermarks, or by
// addresses of files made of known ones.
func TestGuessing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	kim, eve := w.newCustomer(webSecret), w.newCustomer(webSecret)
	shop := w.newCustomer(shopSecret)
	kim.says("the code is 4711")
	kim.uploads("and this is my passport", "passport.png", picture)
	address := kim.downloads("passport.png", picture, `inline; filename="passport.png"`)
	eve.says("hello")
	eve.awaitSaid("Kim: hello", "echo: You said: hello")
	seen := kim.sees()

	conversation := w.front + "/v3/directline/conversations/" + kim.ConversationID
	for bearer, status := range map[string]int{
		eve.Token: http.StatusForbidden, shop.Token: http.StatusForbidden,
		shopSecret: http.StatusNotFound, "": http.StatusUnauthorized,
		kim.Token[:len(kim.Token)-2]: http.StatusUnauthorized,
	} {
		for _, call := range [][2]string{
			{"GET", "/activities"}, {"GET", "/activities?watermark=0"}, {"GET", "/activities?watermark=3"},
			{"GET", ""}, {"GET", "?watermark=0"}, {"POST", "/activities"}, {"POST", "/upload?userId=dl_kim"},
		} {
			var answer string
			body := any(nil)
			if call[0] == "POST" {
				body = `{"type": "message", "text": "I am Kim", "from": {"id": "dl_kim"}}`
			}
			if got := w.call(call[0], conversation+call[1], bearer, body, &answer); got != status || strings.Contains(answer, "4711") {
				t.Errorf("%s %s: %d %s, want %d", call[0], call[1], got, answer, status)
			}
		}
	}
	for _, watermark := range []string{"0", "1", "999999999", "9223372036854775807"} {
		var answer string
		own := w.front + "/v3/directline/conversations/" + eve.ConversationID + "/activities?watermark=" + watermark
		if status := w.call("GET", own, eve.Token, nil, &answer); status != http.StatusOK || strings.Contains(answer, "4711") || strings.Contains(answer, "passport") {
			t.Errorf("one's own from %s: %d %s", watermark, status, answer)
		}
	}

	prefix, rest, _ := strings.Cut(address, "/files/")
	token, name, _ := strings.Cut(rest, "/")
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw { // another time, conversation, entry or file, or another signature
		for _, bit := range []byte{1, 0x80} {
			raw[i] ^= bit
			guess := prefix + "/files/" + base64.RawURLEncoding.EncodeToString(raw) + "/" + name
			if status := w.call("GET", guess, kim.Token, nil, nil); status != http.StatusNotFound {
				t.Errorf("byte %d of the address: %d", i, status)
			}
			raw[i] ^= bit
		}
	}
	if status := w.call("GET", address, "", nil, nil); status != http.StatusOK {
		t.Errorf("the address itself: %d", status)
	}
	kim.awaitSees(seen...)
}

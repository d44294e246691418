package directline

import (
	"testing"
	"time"
)

// TestDrain: what would begin a conversation is told to come again, and those
// that have begun go on.
func TestDrain(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	var fresh conversation
	h.want(200, &fresh, "POST", "/tokens/generate", webSecret, `{"user":{"id":"dl_bob"}}`)
	h.server.Drain(1500 * time.Millisecond)
	for _, call := range []struct{ path, bearer, body string }{
		{"/tokens/generate", webSecret, ""},
		{"/conversations", webSecret, ""},
		{"/conversations", fresh.Token, ""},
		{"/conversations/" + string(fresh.ID) + "/activities", fresh.Token, `{"type":"message","text":"hi"}`},
		{"/conversations/" + string(fresh.ID) + "/upload", fresh.Token, "content"},
	} {
		a := h.call("POST", call.path, call.bearer, call.body, "Content-Disposition", `attachment; filename="a.txt"`)
		if a.status != 503 || a.code() != codeServiceUnavailable || a.header.Get("Retry-After") != "2" {
			t.Errorf("%s: %d %s, after %q", call.path, a.status, a.body, a.header.Get("Retry-After"))
		}
	}
	h.want(200, nil, "POST", "/conversations", c.Token, "")
	h.want(200, nil, "POST", "/tokens/refresh", fresh.Token, "")
	h.want(200, nil, "GET", "/conversations/"+string(c.ID), webSecret, "")
	a := h.call("POST", "/conversations/"+string(c.ID)+"/activities", c.Token, `{"type":"message","text":"still here"}`)
	if a.status != 200 || a.header.Get("Retry-After") != "" {
		t.Errorf("one that has begun: %d %v", a.status, a.header)
	}
	h.want(401, nil, "POST", "/tokens/generate", "wrong", "")
}

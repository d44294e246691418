package directline

import "testing"

// Clients take a 404 for "no session", if their page may read it.
func TestNoSession(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	a := h.call("GET", "/session/getsessionid", c.Token, "", "Origin", "https://www.example.com")
	if a.status != 404 || a.code() != codeNotFound || a.header.Get("Access-Control-Allow-Origin") != "https://www.example.com" {
		t.Errorf("%d %s %v", a.status, a.body, a.header)
	}
}

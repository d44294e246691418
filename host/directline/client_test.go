package directline

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

// TestClient: whom a request is from, by who has connected and what
// X-Forwarded-For says. Headers are separated by bars.
func TestClient(t *testing.T) {
	s, none := &Server{}, &Server{}
	s.SetTrustedProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")})
	none.SetTrustedProxies(nil)
	for _, test := range []struct {
		server             *Server
		peer, header, want string
	}{
		{none, "192.0.2.1:1", "", "192.0.2.1"},
		{none, "192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		{none, "127.0.0.1:1", "198.51.100.7", "127.0.0.1"},
		{none, "10.0.0.1:1", "198.51.100.7", "10.0.0.1"},
		{s, "192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		{s, "10.0.0.1:1", "", "10.0.0.1"},
		{s, "10.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{s, "[::ffff:10.0.0.1]:1", "198.51.100.7", "198.51.100.7"},
		{s, "10.0.0.1:1", " 203.0.113.9 ,  198.51.100.7 ", "198.51.100.7"},
		{s, "10.0.0.1:1", "203.0.113.9|198.51.100.7", "198.51.100.7"},
		{s, "10.0.0.1:1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"},
		{s, "10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{s, "10.0.0.1:1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"},
		{s, "10.0.0.1:1", "203.0.113.9, 198.51.100.7:443", "198.51.100.7"},
		{s, "10.0.0.1:1", "203.0.113.9, [2001:db8::7]:443", "2001:db8::7"},
		{s, "10.0.0.1:1", "203.0.113.9,", "10.0.0.1"},
		{s, "[fd00::1%eth0]:1", "2001:db8::7", "2001:db8::7"},
		{s, "nonsense", "198.51.100.7", "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: test.peer, Header: http.Header{}}
		for value := range strings.SplitSeq(test.header, "|") {
			if value != "" {
				r.Header.Add("X-Forwarded-For", value)
			}
		}
		if got := test.server.client(r).String(); got != test.want {
			t.Errorf("%s, %q: %s, want %s", test.peer, test.header, got, test.want)
		}
	}
}

func TestAddressKey(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64", "::1": "::/64",
	} {
		if got := addressKey(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// FuzzClient: whatever the headers say, an untrusted peer is itself, and
// nobody is taken for what no trusted proxy has written.
func FuzzClient(f *testing.F) {
	f.Add("10.0.0.1:1", "203.0.113.9, 198.51.100.7")
	f.Add("192.0.2.1:1", "198.51.100.7")
	f.Add("[::ffff:10.0.0.1]:1", "::1%25, ,10.0.0.2")
	s := &Server{}
	s.SetTrustedProxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	f.Fuzz(func(t *testing.T, peer, header string) {
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": {header}}}
		got := s.client(r)
		connected, err := netip.ParseAddrPort(peer)
		if err != nil {
			if got.IsValid() {
				t.Errorf("%q is %s", peer, got)
			}
			return
		}
		if own := plainAddress(connected.Addr()); !s.trusted(own) && got != own {
			t.Errorf("%s is taken for %s", own, got)
		}
		last := header[strings.LastIndexByte(header, ',')+1:]
		if said, err := netip.ParseAddr(strings.TrimSpace(last)); err == nil && !s.trusted(plainAddress(said)) && s.trusted(plainAddress(connected.Addr())) && got != plainAddress(said) {
			t.Errorf("%q forwarded by %s is %s", header, peer, got)
		}
		_ = addressKey(got) // must not panic
	})
}

package directline

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// client is the address that a request comes from: of who has connected, or,
// if that is a trusted proxy, of who has connected to it. X-Forwarded-For is
// read from its end, where the trusted proxies write: what is before the last
// address that is none of theirs, anybody can have written.
func (s *Server) client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	found := plainAddress(peer.Addr())
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusted(found) {
			break
		}
		next, err := hopAddress(strings.TrimSpace(hop))
		if err != nil { // no proxy of ours has written this
			break
		}
		found = plainAddress(next)
	}
	return found
}

// hopAddress reads an address of X-Forwarded-For: some proxies write the port
// behind it.
func hopAddress(text string) (netip.Addr, error) {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr(), nil
	}
	return netip.ParseAddr(text)
}

// SetTrustedProxies replaces the trusted proxies. Safe for concurrent use.
func (s *Server) SetTrustedProxies(networks []netip.Prefix) { s.proxies.Store(&networks) }

func (s *Server) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(*s.proxies.Load(), func(p netip.Prefix) bool { return p.Contains(a) })
}

func plainAddress(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// addressKey is what an address is limited by. Of IPv6 whoever has one address
// has at least the 64 bits behind it.
func addressKey(a netip.Addr) string {
	if a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}

package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Limits say how often customers of a Direct Line may do something. What is
// beyond is refused for the moment.
type Limits struct {
	// Posts, Uploads and Returns (tokens renewed, streams opened) of one
	// conversation's customer.
	Posts   Rate `key:"posts" default:"10/s burst 40"`
	Uploads Rate `key:"uploads" default:"1/s burst 10"`
	Returns Rate `key:"returns" default:"1/s burst 20"`
	// Starts from one address: tokens given out, conversations begun.
	Starts Rate `key:"starts" default:"5/s burst 50"`
}

// Rate is how often something may happen: Burst times at once, and PerSecond
// on average. It is written as 10/s burst 40, 30/m burst 10 or none.
type Rate struct {
	PerSecond float64
	// Burst; 0: there is no limit.
	Burst int
}

// maxRate is the most that both figures of a rate may say; whoever wants more
// wants none.
const maxRate = 1_000_000

func (r *Rate) setText(text string) error {
	wrong := fmt.Errorf("%q is not how often something may happen, as 10/s burst 40, 30/m burst 10 and none are", text)
	words := strings.Fields(text)
	if len(words) == 1 && words[0] == "none" {
		*r = Rate{}
		return nil
	}
	if len(words) != 3 || words[1] != "burst" {
		return wrong
	}
	number, unit, _ := strings.Cut(words[0], "/")
	times, err := strconv.ParseUint(number, 10, 32)
	seconds := map[string]float64{"s": 1, "m": time.Minute.Seconds(), "h": time.Hour.Seconds()}[unit]
	burst, err2 := strconv.ParseUint(words[2], 10, 32)
	switch {
	case err != nil || err2 != nil || seconds == 0:
		return wrong
	case times < 1 || burst < 1:
		return errors.New("must be at least 1, with a burst of at least 1; none is no limit")
	case times > maxRate || burst > maxRate:
		return fmt.Errorf("must be at most %d, with a burst of at most that; none is no limit", maxRate)
	}
	*r = Rate{PerSecond: float64(times) / seconds, Burst: int(burst)}
	return nil
}

// Network is an address, or all that begin alike, as 10.0.0.0/8.
type Network struct{ netip.Prefix }

func (n *Network) setText(text string) error {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		var address netip.Addr
		if address, err = netip.ParseAddr(text); err == nil {
			address = address.Unmap().WithZone("")
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("%q is no address and no network, as 192.0.2.10 and 10.0.0.0/8 are", text)
	case prefix.Addr().Is4In6():
		return fmt.Errorf("%q is an IPv4 network in IPv6; write it as 10.0.0.0/8 is", text)
	}
	n.Prefix = prefix.Masked()
	return nil
}

// checkProxies warns of what would let anybody say where they are.
func (r *reader) checkProxies(c *Config) {
	for i, proxy := range c.TrustedProxies {
		if proxy.IsValid() && proxy.Bits() == 0 {
			r.warning(index("trusted_proxies", i), "believes everybody: customers can say that they are anywhere, and limits by address do not hold")
		}
	}
}

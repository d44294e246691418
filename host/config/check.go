package config

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// check looks at what the types cannot say, and finishes the values. A key
// that could not be read is not looked at again.
func (r *reader) check(c *Config) {
	c.PublicURL = r.checkURL("public_url", c.PublicURL)
	c.Store.SQLite = path(r.dir, c.Store.SQLite)
	r.checkAttachments(&c.Attachments, c.Store)
	r.checkListeners(c)
	r.checkProxies(c)
	r.checkRedact(&c.Redact)
	checkEach(r, "desks", c.Desks, r.checkDesk)
	if len(c.Bots) == 0 {
		r.problem("bots", "is empty; at least one is needed")
	}
	if len(c.Channels) == 0 {
		r.problem("channels", "is empty; at least one is needed")
	}
	checkEach(r, "bots", c.Bots, r.checkBot)
	checkEach(r, "channels", c.Channels, func(key string, channel *Channel) { r.checkChannel(key, channel, c) })
	r.checkSecrets(c.Channels)
	r.checkDeskChannels(c.Channels)
	r.checkUnused(c)
}

// checkEach checks what is configured under its name.
func checkEach[T any](r *reader, key string, all map[string]T, check func(string, *T)) {
	for _, name := range sorted(all) {
		at := join(key, name)
		if !plainName(name) {
			r.problem(at, "is not a name: letters, digits, - and _, at most 64 in all, a letter or digit first")
		}
		if r.isBroken(at) {
			continue
		}
		one := all[name]
		check(at, &one)
		all[name] = one
	}
}

// plainName reports whether name can be part of an address, of a metric and of
// a file name as it is.
func plainName(name string) bool {
	rest := strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-")
	return name != "" && len(name) <= 64 && rest == "" && !strings.ContainsAny(name[:1], "_-")
}

// checkURL reads an http or https address, without a slash at its end.
func (r *reader) checkURL(key, text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		r.problem(key, "is not an address, as https://chat.example.com is")
	case u.User != nil:
		r.problem(key, "must hold no user and no password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		r.problem(key, "must end with the path: no ? and no #")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		r.warning(key, "is not encrypted; use https outside of one machine")
	}
	return strings.TrimRight(text, "/")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkListeners reports addresses that are none, or that collide.
func (r *reader) checkListeners(c *Config) {
	host, port, ok := r.checkAddress("listen", c.Listen)
	opsHost, opsPort, opsOK := r.checkAddress("ops.listen", c.Ops.Listen)
	if !ok || !opsOK || port == "0" || port != opsPort {
		return
	}
	if host == opsHost || anyHost(host) || anyHost(opsHost) {
		key, other := "ops.listen", "listen"
		if r.lines[key] == 0 {
			key, other = other, key
		}
		r.problem(key, "is the same address as %s has; each needs a port of its own", other)
	}
}

func (r *reader) checkAddress(key, text string) (host, port string, ok bool) {
	host, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.problem(key, "%q is not an address to listen on, as :8080 and 127.0.0.1:9090 are", text)
		return "", "", false
	}
	return host, port, true
}

func anyHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// checkUnused warns of what no channel uses.
func (r *reader) checkUnused(c *Config) {
	bots, desks := map[string]bool{}, map[string]bool{}
	for _, channel := range c.Channels {
		bots[channel.Bot], bots[channel.SurveyBot], desks[channel.Desk] = true, true, true
	}
	for _, name := range sorted(c.Bots) {
		if !bots[name] {
			r.warning(join("bots", name), "no channel uses this bot; it is started all the same")
		}
	}
	for _, name := range sorted(c.Desks) {
		if !desks[name] {
			r.warning(join("desks", name), "no channel uses this desk")
		}
	}
}

package config

import (
	"path/filepath"
	"time"
)

// Config is the whole of patchbay.yaml.
type Config struct {
	// Listen is where customers and 8x8 reach us, host:port.
	Listen string `key:"listen" default:":8080"`
	// PublicURL is the address of Listen as 8x8 sees it, without a slash at
	// the end; webhooks are PublicURL/8x8/DESK/CHANNEL.
	PublicURL string `key:"public_url,required"`
	Store     Store  `key:"store" default:"sqlite:patchbay.db"`
	Ops       Ops    `key:"ops"`
	// TrustedProxies are proxies in front of Listen: what they say of where a
	// customer is, in X-Forwarded-For, is believed.
	TrustedProxies []Network `key:"trusted_proxies"`
	// Redact is what is taken out of logs.
	Redact Redact `key:"redact"`
	// Attachments are the files of conversations.
	Attachments Attachments `key:"attachments"`
	// ReadbackAfter is how long the answer of a desk is waited for once it has
	// been lost, before what the desk has is read back.
	ReadbackAfter time.Duration `key:"readback_after" default:"3s" min:"100ms" max:"1m"`
	// Drain is how long a host that is told to stop goes on serving, so that
	// load balancers notice, before the last turns are waited for.
	Drain time.Duration `key:"drain" default:"3s" min:"0s" max:"5m"`
	// Desks, Bots and Channels by name.
	Desks    map[string]Desk    `key:"desks"`
	Bots     map[string]Bot     `key:"bots,required"`
	Channels map[string]Channel `key:"channels,required"`

	// Warnings are what may be meant so, and probably is not.
	Warnings Problems
	// File is the file as it was named, Dir its folder; Dir is absolute.
	File, Dir string

	lines places
}

// Ops is the operator's listener.
type Ops struct {
	// Listen is host:port, loopback by default.
	Listen string `key:"listen" default:"127.0.0.1:9090"`
	// Token opens the operator's API; without one the API is closed, and
	// health and metrics alone are served.
	Token Secret `key:"token"`
}

// Problem is a problem with a key that was found out later, for instance by
// the bot that was given its settings. The key is a path as in this package's
// own problems; a key that is not in the file has the line of what it would
// be in.
func (c *Config) Problem(key, text string) Problem {
	return Problem{File: c.File, Line: c.lines.of(key), Key: key, Text: text}
}

// path makes a path from the file absolute.
func path(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

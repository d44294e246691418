package config

import (
	"strings"
	"time"
)

// Handoff is how conversations are given to people.
type Handoff struct {
	// Targets by name; "default" is the one for no name.
	Targets map[string]Target `key:"targets"`
	// Hours in which handoffs are taken; nil: always.
	Hours *Hours `key:"hours"`
	// NoAgentAfter is how long a customer waits for an agent; 0: for ever.
	NoAgentAfter time.Duration `key:"no_agent_after" default:"10m" min:"0s"`
	// TransferGrace is how long a transfer may follow an agent's leaving.
	TransferGrace time.Duration `key:"transfer_grace" default:"5s" min:"0s" max:"10m"`
	// CancelWords: said while queued, they cancel the handoff. Lower case.
	CancelWords []string `key:"cancel_words"`
	// SilentTicket is how long nothing may be heard of a ticket before the
	// desk is asked how it stands; 0: for ever.
	SilentTicket time.Duration `key:"silent_ticket" default:"10m" min:"0s"`
}

// checkHandoff looks at where a channel hands off to: nowhere, if it has no
// desk.
func (r *reader) checkHandoff(key string, c *Channel, all *Config) {
	at := key + ".handoff"
	switch {
	case c.Desk != "" || r.broken[key+".desk"]:
		known(r, key+".desk", "desk", c.Desk, all.Desks)
		if c.DeskChannel == "" {
			r.problem(key+".desk_channel", "is missing; it is the name or id of a channel at 8x8")
		}
	case c.Line == EightXLine:
		r.problem(key+".desk", "is missing; line: 8x8 is a channel of that desk")
		return
	case c.OnFailure == HolderQueue:
		r.problem(key+".desk", "is missing, and on_failure: queue needs one")
		return
	case len(c.Handoff.Targets) > 0:
		r.problem(key+".desk", "is missing, and handoff.targets needs one")
		return
	}
	r.checkTargets(key, c, all)
	_, has := c.Handoff.Targets[DefaultTarget]
	switch {
	case has:
	case c.OnFailure == HolderQueue:
		r.problem(at+".targets", `no target named "default", and on_failure: queue goes there`)
	case len(c.Handoff.Targets) > 0:
		r.problem(at+".targets", `no target named "default", and a handoff that names none goes there`)
	}
	for i, word := range c.Handoff.CancelWords {
		word = strings.ToLower(strings.TrimSpace(word))
		if word == "" {
			r.problem(index(at+".cancel_words", i), "is empty")
		}
		c.Handoff.CancelWords[i] = word
	}
}

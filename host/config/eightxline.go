package config

// checkEightXLine looks at a channel of 8x8's own. What it says that 8x8 does
// not carry out is a problem and no warning: customers would be left without
// something that the file promises them.
func (r *reader) checkEightXLine(key string, c *Channel, all *Config) {
	if all.Desks[c.Desk].API == ChatAPI {
		r.problem(key+".line", "8x8 needs a desk with api: chat-gateway; the chat-api has no such channels")
	}
	handoff := key + ".handoff"
	for name, why := range map[string]string{
		key + ".secrets":    "belongs to line: directline; customers of an 8x8 line come through 8x8, and need none",
		key + ".origins":    "belongs to line: directline; no browser calls us on an 8x8 line",
		key + ".limits":     "belongs to line: directline; 8x8 limits its own lines",
		key + ".token_life": "belongs to line: directline; there are no tokens on an 8x8 line",
	} {
		if r.given(name) {
			r.problem(name, "%s", why)
		}
	}
	if c.OnReturn == HolderBot {
		r.problem(key+".on_return", "bot is not possible with line: 8x8; a return goes back into its queue at 8x8 itself")
	}
	if c.Failback {
		r.problem(key+".failback", "belongs to line: directline; 8x8 lets nobody out of a queue of its own lines")
	}
	if len(c.Handoff.CancelWords) > 0 {
		r.problem(handoff+".cancel_words", "belongs to line: directline; 8x8 lets nobody out of a queue of its own lines")
	}
	if !r.given(handoff + ".no_agent_after") {
		c.Handoff.NoAgentAfter = 0
	} else if c.Handoff.NoAgentAfter != 0 {
		r.problem(handoff+".no_agent_after", "belongs to line: directline; 8x8 lets nobody out of a queue of its own lines (0s: for ever, is what holds)")
	}
}

// given reports whether the file has a key.
func (r *reader) given(key string) bool {
	_, ok := r.lines[key]
	return ok
}

// checkDeskChannels reports a channel at 8x8 that is an 8x8 line here and
// belongs to a second channel, too: it has one webhook, which calls one of them.
func (r *reader) checkDeskChannels(channels map[string]Channel) {
	type place struct{ desk, channel string }
	lines := map[place]string{}
	for _, name := range sorted(channels) {
		if c := channels[name]; c.Line == EightXLine && lines[place{c.Desk, c.DeskChannel}] == "" {
			lines[place{c.Desk, c.DeskChannel}] = name
		}
	}
	for _, name := range sorted(channels) {
		c := channels[name]
		line := lines[place{c.Desk, c.DeskChannel}]
		if line != "" && line != name && c.DeskChannel != "" {
			r.problem(join("channels", name)+".desk_channel", "is the 8x8 line of %s; a channel at 8x8 calls one address alone", join("channels", line))
		}
	}
}

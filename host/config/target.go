package config

// DefaultTarget is the target of a handoff that names none.
const DefaultTarget = "default"

// Target is where a handoff goes. What it may say depends on how the ticket
// gets there: it is opened in a queue, or, on the chat-api, on a channel; on an
// 8x8 line it is there already, and is assigned to a queue or to a script.
type Target struct {
	// Queue is the id of a queue; empty: the desk channel's own. On the
	// chat-api, beside Channel: what `patchbay provision` makes that one with.
	Queue string `key:"queue"`
	// Script is the id of a script, on a line of 8x8's own.
	Script string `key:"script"`
	// Channel is the id or name of a channel at 8x8, on the chat-api; empty:
	// the desk channel.
	Channel string `key:"channel"`
}

// checkTargets looks at what the targets of a channel say.
func (r *reader) checkTargets(key string, c *Channel, all *Config) {
	desk, isKnown := all.Desks[c.Desk]
	if !isKnown || r.isBroken(join("desks", c.Desk)+".api") || r.isBroken(key+".line") {
		return
	}
	for name, target := range c.Handoff.Targets {
		at := join(key+".handoff.targets", name)
		switch {
		case c.Line == EightXLine && desk.API == ChatAPI: // told with the line
		case desk.API == ChatAPI:
			r.checkChannelTarget(at, target)
		case target.Channel != "":
			r.problem(at+".channel", "belongs to desks with api: chat-api; give a queue")
		case c.Line == EightXLine:
			r.checkAssignment(at, target)
		case target.Script != "":
			r.problem(at+".script", "belongs to line: 8x8; tickets of other lines are opened in a queue")
		}
	}
}

// checkChannelTarget looks at a target on the chat-api.
func (r *reader) checkChannelTarget(at string, t Target) {
	for name, given := range map[string]bool{"queue": t.Queue != "" && t.Channel == "", "script": t.Script != ""} {
		if given {
			r.problem(at+"."+name, "belongs to desks with api: chat-gateway; give a channel, which has its queue at 8x8")
		}
	}
}

// checkAssignment looks at a target of an 8x8 line.
func (r *reader) checkAssignment(at string, t Target) {
	switch {
	case t.Queue == "" && t.Script == "":
		r.problem(at, "names no queue and no script; with line: 8x8 the ticket must be given to one of them")
	case t.Queue != "" && t.Script != "":
		r.problem(at, "names a queue and a script; the ticket can be given to one of them")
	}
}

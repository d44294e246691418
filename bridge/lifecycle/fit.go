package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// fit is what the agent is shown of the properties, within what the desk can
// carry, and what it cannot carry of the handoff.
func (s *step) fit(h bot.Handoff) (properties map[string]string, leftOut []string) {
	can := s.ch.DeskCan
	if can.History > 0 && s.c.Said > can.History && !s.ch.DeskLine {
		leftOut = append(leftOut, fmt.Sprintf("history: at most %d of %d messages", can.History, s.c.Said))
	}
	if !can.speaks(s.c.Language) {
		leftOut = append(leftOut, "the desk does not know the language "+s.c.Language)
	}
	properties = maps.Clone(s.c.Properties)
	if properties == nil {
		properties = map[string]string{}
	}
	maps.Copy(properties, h.Properties)
	room := can.Properties
	for _, taken := range []string{h.Reason, h.Summary} { // they go as properties too
		if taken != "" {
			room--
		}
	}
	names := slices.Sorted(maps.Keys(h.Properties)) // the handoff's own come first
	for _, name := range slices.Sorted(maps.Keys(s.c.Properties)) {
		if _, own := h.Properties[name]; !own {
			names = append(names, name)
		}
	}
	if room = max(room, 0); can.Properties > 0 && len(names) > room {
		for _, name := range names[room:] {
			delete(properties, name)
		}
		leftOut = append(leftOut, "properties left out: "+strings.Join(names[room:], ", "))
	}
	return properties, leftOut
}

// speaks reports whether a language is one that is known.
func (c Capabilities) speaks(language string) bool {
	primary := func(tag string) string {
		tag, _, _ = strings.Cut(tag, "-")
		return strings.ToLower(tag)
	}
	return language == "" || len(c.Languages) == 0 || slices.ContainsFunc(c.Languages, func(known string) bool {
		return primary(known) == primary(language)
	})
}

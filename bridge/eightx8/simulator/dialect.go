package simulator

import (
	"slices"
	"strconv"
)

// dialect is one of the two APIs in front of the same contact centre. A
// dialect sees the webhooks whose events have its shape; channels belong to
// both.
type dialect struct {
	versions []string // of its webhooks, the default first
	flat     bool     // lists are data[] and page{pageSize …}, not HAL
}

func gatewayDialect() dialect { return dialect{versions: []string{gatewayVersion}} }

func chatDialect() dialect {
	return dialect{versions: []string{chatVersion, oldChatVersion}, flat: true}
}

// channelOf is the channel of that id, if the dialect knows its type.
func (c *centre) channelOf(d dialect, id string) (*channel, error) {
	ch, err := c.channel(id)
	if err == nil && d.flat && ch.Type != chatAPI {
		return nil, missing{kind: "Channel", id: id}
	}
	return ch, err
}

// channelsOf are the channels that the dialect knows: the Chat API has those
// of its own type alone.
func (c *centre) channelsOf(d dialect) []*channel {
	return slices.DeleteFunc(slices.Clone(c.channels), func(ch *channel) bool {
		return d.flat && ch.Type != chatAPI
	})
}

// checkMatch looks at an If-Match, which must be a number. Nothing ever tells
// a version, so any number matches.
func (r *request) checkMatch() error {
	match := r.http.Header.Get("If-Match")
	if match == "" {
		return nil
	}
	if _, err := strconv.ParseFloat(match, 64); err != nil {
		return refuse("If-Match", match, "invalid_version", "If-Match %s is not a number.", match)
	}
	return nil
}

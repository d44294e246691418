package eightx8

import (
	"context"
	"strconv"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// markerKey is the property that ties a ticket to its handoff. Its value is
// the number of the handoff entry, a slash, and the conversation's id.
const markerKey = "patchbayTicket"

// maxMarkerPages bounds the search for a marker: 2,000 conversations.
const maxMarkerPages = 20

func formatMarker(m lifecycle.Marker) string {
	return strconv.FormatInt(m.Entry, 10) + "/" + string(m.Conversation)
}

// parseMarker is formatMarker backwards; ok is false for anything else.
func parseMarker(text string) (m lifecycle.Marker, ok bool) {
	number, id, _ := strings.Cut(text, "/")
	entry, err := strconv.ParseInt(number, 10, 64)
	m = lifecycle.Marker{Conversation: bot.ConversationID(id), Entry: entry}
	if err != nil || entry <= 0 || id == "" || formatMarker(m) != text {
		return lifecycle.Marker{}, false
	}
	return m, true
}

// FindOpened looks for the ticket whose user data carry the marker. The
// chat-api finds it by a filter, the gateway among the newest 2,000
// conversations; a search that did not come to the end of its list is logged.
func (d *Desk) FindOpened(ctx context.Context, marker lifecycle.Marker) (string, error) {
	return d.says.findOpened(ctx, formatMarker(marker))
}

// cutShort tells of a search that found nothing and did not see everything.
func (c *client) cutShort(ctx context.Context, ticket string, whole bool, err error) {
	if err == nil && ticket == "" && !whole {
		c.log.WarnContext(ctx, "the search for a ticket was cut short", "pages", maxMarkerPages)
	}
}

package eightx8

import (
	"context"
	"errors"
	"net/http"
	"net/url"
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

// FindOpened looks through the newest 2,000 conversations for one whose user
// data carry the marker. 8x8 documents no filter for them, and sorting by id
// alone: where ids are not in the order of creation, the order of the search
// is any. A search that did not come to the end of the list is logged.
func (d *Desk) FindOpened(ctx context.Context, marker lifecycle.Marker) (string, error) {
	do := call{op: "list conversations", path: "/conversations", query: url.Values{"sort": {"id:desc"}}}
	ticket, err := d.findOpened(ctx, do, formatMarker(marker))
	var api *APIError
	if errors.As(err, &api) && api.Status == http.StatusBadRequest {
		do.query = nil // it does not sort that way
		ticket, err = d.findOpened(ctx, do, formatMarker(marker))
	}
	return ticket, err
}

func (d *Desk) findOpened(ctx context.Context, do call, wanted string) (ticket string, err error) {
	whole, err := eachPage(ctx, d.client, do, "conversations", maxMarkerPages, func(items []conversationItem) bool {
		for _, item := range items {
			if item.User.Properties.get(markerKey) == wanted {
				ticket = either(item.ID, item.ConversationID)
			}
		}
		return ticket != ""
	})
	if err == nil && ticket == "" && !whole {
		d.client.log.WarnContext(ctx, "the search for a ticket was cut short", "pages", maxMarkerPages)
	}
	return ticket, err
}

package eightx8

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// findOpened looks through the newest 2,000 conversations. 8x8 documents no
// filter for user data, and sorting by id alone: where ids are not in the
// order of creation, the order of the search is any.
func (g gateway) findOpened(ctx context.Context, marker string) (string, error) {
	do := call{op: "list conversations", path: "/conversations", query: url.Values{"sort": {"id:desc"}}}
	ticket, err := g.search(ctx, do, marker)
	var api *APIError
	if errors.As(err, &api) && api.Status == http.StatusBadRequest {
		do.query = nil // it does not sort that way
		ticket, err = g.search(ctx, do, marker)
	}
	return ticket, err
}

func (g gateway) search(ctx context.Context, do call, marker string) (ticket string, err error) {
	whole, err := eachPage(ctx, g.client, do, "conversations", maxMarkerPages, func(items []conversationItem) bool {
		for _, item := range items {
			if item.User.Properties.get(markerKey) == marker {
				ticket = either(item.ID, item.ConversationID)
			}
		}
		return ticket != ""
	})
	g.cutShort(ctx, ticket, whole, err)
	return ticket, err
}

package eightx8

import (
	"context"
	"net/url"
)

// findOpened asks for the conversations whose customer has the marker, and
// looks at them all the same: a filter that is not known may be passed over.
func (c chatAPI) findOpened(ctx context.Context, marker string) (ticket string, err error) {
	do := call{op: "list conversations", path: "/conversations", query: url.Values{
		"customer." + markerKey: {marker}, "order": {"desc"},
	}}
	whole, err := eachPage(ctx, c.client, do, "conversations", maxMarkerPages, func(items []flatConversationItem) bool {
		for _, item := range items {
			if string(item.Customer[markerKey]) == marker {
				ticket = either(item.ID, item.ConversationID)
			}
		}
		return ticket != ""
	})
	c.cutShort(ctx, ticket, whole, err)
	return ticket, err
}

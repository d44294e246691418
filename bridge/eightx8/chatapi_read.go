package eightx8

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/patchbay-host/patchbay/bridge"
)

// flatMessageItem is a message of the chat-api: no id, no time.
type flatMessageItem struct {
	Text       scalar `json:"originalText"`
	AuthorType scalar `json:"authorType"`
}

// sent reads the whole list: it has no pages.
func (c chatAPI) sent(ctx context.Context, ticket string, limit int) ([]bridge.Outgoing, error) {
	var top members
	if err := c.get(ctx, call{op: "list messages", path: ticketPath(ticket, "/messages")}, &top); err != nil {
		return nil, err
	}
	var items []messageItem
	for _, flat := range listed[flatMessageItem](top, "messages") {
		item := messageItem{Text: flat.Text}
		item.Author.Type = flat.AuthorType
		items = append(items, item)
	}
	return newest(ours(items), limit), nil
}

// flatConversationItem is a conversation of the chat-api.
type flatConversationItem struct {
	ID             scalar                     `json:"id"`
	ConversationID scalar                     `json:"conversationId"`
	Customer       map[string]json.RawMessage `json:"customer"`
}

// findOpened asks for the conversations whose customer has the marker, and
// looks at them all the same: a filter that is not known may be passed over.
func (c chatAPI) findOpened(ctx context.Context, marker string) (ticket string, err error) {
	do := call{op: "list conversations", path: "/conversations", query: url.Values{
		"customer." + markerKey: {marker}, "order": {"desc"},
	}}
	whole, err := eachPage(ctx, c.client, do, "conversations", maxMarkerPages, func(items []flatConversationItem) bool {
		for _, item := range items {
			if string(member[scalar](item.Customer, markerKey)) == marker {
				ticket = either(item.ID, item.ConversationID)
			}
		}
		return ticket != ""
	})
	c.cutShort(ctx, ticket, whole, err)
	return ticket, err
}

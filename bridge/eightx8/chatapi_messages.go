package eightx8

import "context"

// flatMessageItem is a message of the chat-api: no id, no time.
type flatMessageItem struct {
	Text       scalar `json:"originalText"`
	AuthorType scalar `json:"authorType"`
	AuthorID   scalar `json:"participantId"`
}

// messages reads the whole list: it has no pages.
func (c chatAPI) messages(ctx context.Context, ticket string, limit int, wanted func(messageItem) bool) ([]messageItem, error) {
	do := call{op: "list messages", path: ticketPath(ticket, "/messages")}
	all, err := getWhole[flatMessageItem](ctx, c.client, do, "messages")
	if err != nil {
		return nil, err
	}
	var items []messageItem
	for _, flat := range all {
		item := messageItem{Text: flat.Text}
		item.Author.Type, item.Author.ID = flat.AuthorType, flat.AuthorID
		items = append(items, item)
	}
	return newest(items, limit, wanted), nil
}

package eightx8

import (
	"context"

	"github.com/patchbay-host/patchbay/bridge"
)

// flatMessageRequest says something; the chat-api takes text alone.
type flatMessageRequest struct {
	AuthorType string `json:"authorType"`
	Text       string `json:"text"`
}

func (chatAPI) message(_ context.Context, m bridge.Outgoing, _ []string) any {
	return flatMessageRequest{AuthorType: wireAuthor(m.Author), Text: asText(m)}
}

package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// ExternalMessage is a message that lives at another provider; 8x8 shows it in
// a ticket by its id there.
type ExternalMessage struct {
	// Provider is X, the only one that 8x8 knows.
	Provider string
	// ID at the provider.
	ID string
}

// SendExternal puts an external message into a ticket (8x8 contract, "Calls",
// send message: externalProvider instead of text). The schema of this body
// allows nothing; what is sent is its example. The chat-gateway alone.
func (d *Desk) SendExternal(ctx context.Context, ticket string, author bot.Author, m ExternalMessage) error {
	const op = "send external message"
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	if m.Provider == "" || m.ID == "" {
		return refuse(op, errors.New("provider and id are needed"))
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPost,
		path:   ticketPath(ticket, "/messages"),
		body:   externalRequest{AuthorType: wireAuthor(author), External: external{m.Provider, m.ID}},
	}, nil)
}

type externalRequest struct {
	AuthorType string   `json:"authorType"`
	External   external `json:"externalProvider"`
}

type external struct {
	Name string `json:"name"`
	ID   string `json:"externalMessageId"`
}

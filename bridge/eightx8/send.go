package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge"
)

// Send uploads the files of a message, then posts it, naming them. 8x8 answers
// before the message is stored, and names no id (8x8 contract, "Calls", send
// message). Cards that 8x8 does not show go as their texts; on the chat-api
// everything does.
//
// An error of an upload leaves no doubt: the message was not posted, and a
// file that no message names is seen by nobody.
func (d *Desk) Send(ctx context.Context, ticket string, m bridge.Outgoing) error {
	const op = "send message"
	if err := needTicket(op, ticket); err != nil {
		return err
	}
	if asText(m) == "" {
		return refuse(op, errors.New("it says nothing"))
	}
	files, err := d.upload(ctx, ticket, m)
	if err != nil {
		return err
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPost,
		path:   ticketPath(ticket, "/messages"),
		body:   d.says.message(ctx, m, files),
	}, nil)
}

// upload uploads the files of a message one after the other, and answers their
// ids.
func (d *Desk) upload(ctx context.Context, ticket string, m bridge.Outgoing) ([]string, error) {
	if d.api != ChatGateway {
		return nil, nil // they go by their names
	}
	var ids []string
	for _, file := range m.Files {
		made, err := d.Upload(ctx, ticket, m.Author, file)
		if err != nil {
			var failed *bridge.DeskError
			if errors.As(err, &failed) {
				failed.Doubt = false
			}
			return nil, err
		}
		ids = append(ids, made.ID)
	}
	return ids, nil
}

package eightx8

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
)

// Send uploads the files of a message, then posts it, naming them. 8x8 answers
// before the message is stored, and names no id (8x8 contract, "Calls", send
// message). Cards that 8x8 does not show go as their texts; on the chat-api
// everything does.
//
// A file that is refused is named behind the text instead. Any other error of
// an upload leaves no doubt: the message was not posted, and a file that no
// message names is seen by nobody.
func (d *Desk) Send(ctx context.Context, ticket string, m bridge.Outgoing) error {
	const op = "send message"
	if err := needTicket(op, ticket); err != nil {
		return err
	}
	if asText(m) == "" {
		return refuse(op, errors.New("it says nothing"))
	}
	files, lost, err := d.upload(ctx, ticket, m)
	if err != nil {
		return err
	}
	m.Text = strings.Join(nonEmpty(append([]string{m.Text}, lost...)), "\n")
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPost,
		path:   ticketPath(ticket, "/messages"),
		body:   d.says.message(ctx, m, files),
	}, nil)
}

// upload uploads the files of a message one after the other, and answers their
// ids, and a line about each that is not taken.
func (d *Desk) upload(ctx context.Context, ticket string, m bridge.Outgoing) (ids, lost []string, err error) {
	if d.api != ChatGateway {
		return nil, nil, nil // they go by their names
	}
	for _, file := range m.Files {
		made, err := d.Upload(ctx, ticket, m.Author, file)
		var failed *bridge.DeskError
		switch {
		case err == nil:
			ids = append(ids, made.ID)
		case errors.As(err, &failed) && failed.Kind == bridge.DeskRefused:
			d.client.log.WarnContext(ctx, "8x8 does not take a file; the ticket names it", "err", err)
			lost = append(lost, "[attachment "+either(scalar(file.Name), "file")+" could not be passed on]")
		case failed != nil:
			failed.Doubt = false
			return nil, nil, err
		default:
			return nil, nil, err
		}
	}
	return ids, lost, nil
}

package eightx8

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge"
)

// Send posts one message. 8x8 answers before the message is stored, and names
// no id (8x8 contract, "Calls", send message).
func (d *Desk) Send(ctx context.Context, ticket string, m bridge.Outgoing) error {
	const op = "send message"
	if err := needTicket(op, ticket); err != nil {
		return err
	}
	if asText(m) == "" {
		return &bridge.DeskError{Kind: bridge.DeskRefused, Err: fmt.Errorf("%s: %w", op, errors.New("it says nothing"))}
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPost,
		path:   ticketPath(ticket, "/messages"),
		body:   d.says.message(ctx, m, nil),
	}, nil)
}

// Typing shows the agents that the customer is typing.
func (d *Desk) Typing(ctx context.Context, ticket string) error {
	const op = "show typing"
	if err := errors.Join(d.onGateway(op), needTicket(op, ticket)); err != nil {
		return err
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPost,
		path:   ticketPath(ticket, "/typing"),
		body:   typingRequest{AuthorType: wireUser},
	}, nil)
}

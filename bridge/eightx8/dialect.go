package eightx8

import (
	"context"
	"errors"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// API names one of 8x8's two dialects of one service.
type API string

// The dialects.
const (
	// ChatGateway is the Chat Gateway v1, the living one.
	ChatGateway API = "chat-gateway"
	// ChatAPI is the Chat API v2, which 8x8 has given up and many
	// integrations were written for.
	ChatAPI API = "chat-api"
)

// dialect is what differs between the two (8x8 contract, "Two dialects of one
// service" and "Calls"): the bodies, and the lists that are read. Whatever is
// the same is in [Desk]'s methods.
type dialect interface {
	capabilities() lifecycle.Capabilities
	// creation is the body that opens a ticket on a channel, by id.
	creation(ctx context.Context, channel string, o bridge.Opening) (any, error)
	// message is the body of something said, with the ids of its uploaded
	// files.
	message(ctx context.Context, m bridge.Outgoing, files []string) any
	// leaving takes the customer out of a ticket.
	leaving(ticket string) call
	// messages reads the newest limit messages that are wanted, oldest first.
	messages(ctx context.Context, ticket string, limit int, wanted func(messageItem) bool) ([]messageItem, error)
	// findOpened looks for the ticket with a marker; empty: none is seen.
	findOpened(ctx context.Context, marker string) (string, error)
	// look, ticket and interactions read a ticket.
	look(ctx context.Context, ticket string) (bridge.TicketState, error)
	ticket(ctx context.Context, ticket string) (Ticket, error)
	interactions(ctx context.Context, ticket string) ([]Interaction, error)
	// tickets lists one page of them.
	tickets(ctx context.Context, f TicketFilter) (TicketPage, error)
	// publicKey fetches a JWK; kid is a path's segment already.
	publicKey(kid string) call
}

// speak makes the dialect of an API.
func (c *client) speak(api API) dialect {
	if api == ChatAPI {
		return chatAPI{c}
	}
	return gateway{c}
}

// onGateway refuses what only the chat-gateway has a call for.
func (d *Desk) onGateway(op string) error {
	if d.api == ChatGateway {
		return nil
	}
	return refuse(op, errNotSpoken)
}

// needGateway is onGateway for a call whose path names a ticket, and what is
// below it.
func (d *Desk) needGateway(op string, ids ...string) error {
	if err := d.onGateway(op); err != nil {
		return err
	}
	for _, id := range ids {
		if err := needTicket(op, id); err != nil {
			return err
		}
	}
	return nil
}

// errNotSpoken: the rules should have asked the capabilities.
var errNotSpoken = errors.New("the chat-api has no such call")

package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge"
)

// errNoMarker: without its marker a ticket would not be ours any more.
var errNoMarker = errors.New("the opening has no marker")

// Describe changes what a ticket says of the customer: that of o's customer,
// language, properties and marker (8x8 contract, "Calls", change user data).
// As with Assign, 8x8 does it later. The chat-gateway alone.
func (d *Desk) Describe(ctx context.Context, ticket string, o bridge.Opening) error {
	const op = "describe conversation"
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	if o.Marker.Entry == 0 {
		return refuse(op, errNoMarker)
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPatch,
		path:   ticketPath(ticket, ""),
		body: struct {
			User userRequest `json:"user"`
		}{gateway{d.client}.user(ctx, o)},
	}, nil)
}

// Replace makes channel, queue and customer of a ticket those of o; its
// history stays. As with Assign, 8x8 does it later. The chat-gateway alone.
func (d *Desk) Replace(ctx context.Context, ticket string, o bridge.Opening) error {
	const op = "replace conversation"
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	if o.Marker.Entry == 0 {
		return refuse(op, errNoMarker)
	}
	channel, err := d.channels.find(ctx, o.Channel)
	if err != nil {
		return err
	}
	body := createRequest{ChannelID: channel.ID, User: gateway{d.client}.user(ctx, o)}
	if o.Queue != "" {
		body.Assignment = &assignment{Type: assignedToQueue, ID: o.Queue}
	}
	err = d.client.once(ctx, call{op: op, method: http.MethodPut, path: ticketPath(ticket, ""), body: body}, nil)
	d.channels.doubt(err)
	return err
}

package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge"
)

// Leave takes the customer out of a ticket, which ends its interaction and
// frees the agent (8x8 contract, "Calls", customer leaves). A ticket that is
// not there (404, 410), or is in a state in which nobody can leave it (409),
// counts as left.
func (d *Desk) Leave(ctx context.Context, ticket string) error {
	const op = "leave conversation"
	if err := needTicket(op, ticket); err != nil {
		return err
	}
	do := d.says.leaving(ticket)
	do.op = op
	err := d.client.once(ctx, do, nil)
	var api *APIError
	var failed *bridge.DeskError
	if errors.As(err, &failed) && failed.Kind == bridge.DeskRefused && errors.As(err, &api) {
		switch api.Status {
		case http.StatusNotFound, http.StatusConflict, http.StatusGone:
			d.client.log.InfoContext(ctx, "the ticket was left already", "ticket", ticket, "err", err)
			return nil
		}
	}
	return err
}

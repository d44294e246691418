package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// Assign gives a ticket to the queue or script of a target. 8x8 takes it and
// does it later: that it is done is told by a CONVERSATION_UPDATE, or seen by Look
// (8x8 contract, "Calls", change queue). The chat-gateway alone.
func (d *Desk) Assign(ctx context.Context, ticket string, t lifecycle.Target) error {
	const op = "assign conversation"
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	to := assignment{Type: assignedToQueue, ID: t.Queue}
	if t.Script != "" {
		to = assignment{Type: assignedToScript, ID: t.Script}
	}
	if to.ID == "" {
		return refuse(op, errors.New("the target names neither queue nor script"))
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPatch,
		path:   ticketPath(ticket, ""),
		body:   assignRequest{Assignment: to},
	}, nil)
}

type assignRequest struct {
	Assignment assignment `json:"assignment"`
}

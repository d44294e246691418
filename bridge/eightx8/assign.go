package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// Assign gives a ticket to the queue of a target. 8x8 takes it and does it
// later: that it is done is told by a CONVERSATION_UPDATE, or seen by Look
// (8x8 contract, "Calls", change queue). The chat-gateway alone.
func (d *Desk) Assign(ctx context.Context, ticket string, t lifecycle.Target) error {
	return d.assign(ctx, ticket, assignment{Type: assignedToQueue, ID: t.Queue})
}

// AssignScript gives a ticket to a script, by id. As Assign otherwise.
func (d *Desk) AssignScript(ctx context.Context, ticket, script string) error {
	return d.assign(ctx, ticket, assignment{Type: assignedToScript, ID: script})
}

func (d *Desk) assign(ctx context.Context, ticket string, to assignment) error {
	const op = "assign conversation"
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	if to.ID == "" {
		return refuse(op, errors.New("the target names no "+to.Type))
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

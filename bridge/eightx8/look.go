package eightx8

import (
	"context"

	"github.com/patchbay-host/patchbay/bridge"
)

// Look reads how a ticket stands. The gateway tells its state, its queue and,
// by its participants, whether an agent has it; the chat-api only whether its
// newest interaction has ended (8x8 contract, "Calls", read).
func (d *Desk) Look(ctx context.Context, ticket string) (bridge.TicketState, error) {
	if err := needTicket("look at conversation", ticket); err != nil {
		return bridge.TicketState{}, err
	}
	return d.says.look(ctx, ticket)
}

// look asks for the participants only where that can change the answer.
func (g gateway) look(ctx context.Context, ticket string) (bridge.TicketState, error) {
	read, err := g.ticket(ctx, ticket)
	if err != nil {
		return bridge.TicketState{}, err
	}
	state := bridge.TicketState{Over: read.State == StateIdle}
	switch read.Assigned {
	case assignedToQueue:
		state.Queue = read.AssignedTo
	case assignedToScript:
		state.Script = read.AssignedTo
	case wireAgent:
		state.Agent = !state.Over
	}
	if state.Over || state.Agent {
		return state, nil
	}
	there, err := g.participants(ctx, ticket)
	for _, p := range there {
		state.Agent = state.Agent || scalar(p.Type).is(wireAgent) && !p.Removed
	}
	return state, err
}

// look finds the interaction that began last. A ticket that has none yet is
// about to have one.
func (c chatAPI) look(ctx context.Context, ticket string) (bridge.TicketState, error) {
	read, err := c.ticket(ctx, ticket)
	if err != nil || len(read.Interactions) == 0 {
		return bridge.TicketState{}, err
	}
	newest := read.Interactions[0]
	for _, one := range read.Interactions[1:] {
		if !one.Began.Before(newest.Began) {
			newest = one
		}
	}
	return bridge.TicketState{Over: !newest.Ended.IsZero()}, nil
}

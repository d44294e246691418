package eightx8

import (
	"context"
	"time"
)

// Interaction is one stretch of a ticket: queued, handled, ended.
type Interaction struct {
	ID string
	// Began and Ended; zero: not told, or it has not ended.
	Began, Ended time.Time
}

type interactionItem struct {
	ID        scalar `json:"id"`
	StartTime scalar `json:"startTime"`
	EndTime   scalar `json:"endTime"`
}

// Interactions lists those of a ticket, in 8x8's order. The gateway has a call
// for them, on the chat-api they are the ticket's.
func (d *Desk) Interactions(ctx context.Context, ticket string) ([]Interaction, error) {
	if err := needTicket("list interactions", ticket); err != nil {
		return nil, err
	}
	return d.says.interactions(ctx, ticket)
}

func (g gateway) interactions(ctx context.Context, ticket string) ([]Interaction, error) {
	do := call{op: "list interactions", path: ticketPath(ticket, "/interactions")}
	items, err := getWhole[interactionItem](ctx, g.client, do, "interactions")
	return interactions(items), err
}

func (c chatAPI) interactions(ctx context.Context, ticket string) ([]Interaction, error) {
	read, err := c.ticket(ctx, ticket)
	return read.Interactions, err
}

func interactions(items []interactionItem) []Interaction {
	var made []Interaction
	for _, item := range items {
		made = append(made, Interaction{ID: string(item.ID), Began: item.StartTime.when(), Ended: item.EndTime.when()})
	}
	return made
}

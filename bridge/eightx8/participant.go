package eightx8

import "context"

// Participant is somebody who took part in a ticket.
type Participant struct {
	// ID is an agent's, or user or bot.
	ID string
	// Type is user, bot, agent or system.
	Type string
	// Removed: is not there any more. The chat-api does not tell.
	Removed  bool
	Language string
}

type participantItem struct {
	ID       scalar `json:"id"`
	Type     scalar `json:"type"`
	Removed  scalar `json:"removed"`
	Language scalar `json:"language"`
}

// Participants lists those of a ticket, gone ones included.
func (d *Desk) Participants(ctx context.Context, ticket string) ([]Participant, error) {
	if err := needTicket("list participants", ticket); err != nil {
		return nil, err
	}
	return d.client.participants(ctx, ticket)
}

// participants reads the list. In the chat-api's schema it is one object, which
// reads as a list of one.
func (c *client) participants(ctx context.Context, ticket string) ([]Participant, error) {
	do := call{op: "list participants", path: ticketPath(ticket, "/participants")}
	items, err := getWhole[participantItem](ctx, c, do, "participants")
	var made []Participant
	for _, item := range items {
		made = append(made, Participant{string(item.ID), string(item.Type), item.Removed.yes(), string(item.Language)})
	}
	return made, err
}

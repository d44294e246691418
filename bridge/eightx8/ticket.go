package eightx8

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The states of a ticket on the gateway. The chat-api tells none.
const (
	StateCreated = "created" // no interaction yet
	StateActive  = "active"
	StateIdle    = "idle" // no interaction is open
)

// Ticket is a conversation of 8x8's, as it can be read.
type Ticket struct {
	ID string
	// Channel by id.
	Channel string
	// State; empty: not told.
	State string
	// Assigned says to what it is assigned, queue, script or agent, and
	// AssignedTo to which, by id; empty: not told.
	Assigned, AssignedTo string
	// Customer and Language as 8x8 has them; the marker is not among the
	// properties.
	Customer bot.Customer
	Language string
	// Marker of the handoff that it was opened for; zero: it has none of ours.
	Marker lifecycle.Marker
	// Began is when it was opened; zero: not told (the gateway).
	Began time.Time
	// Interactions; the gateway tells them by a call of their own.
	Interactions []Interaction
}

// ReadTicket reads a ticket.
func (d *Desk) ReadTicket(ctx context.Context, ticket string) (Ticket, error) {
	if err := needTicket("read conversation", ticket); err != nil {
		return Ticket{}, err
	}
	return d.says.ticket(ctx, ticket)
}

// conversationItem is a conversation of the gateway.
type conversationItem struct {
	ID             scalar         `json:"id"`
	ConversationID scalar         `json:"conversationId"`
	ChannelID      scalar         `json:"channelId"`
	State          scalar         `json:"state"`
	Assignment     assignmentItem `json:"assignment"`
	User           userItem       `json:"user"`
}

type assignmentItem struct {
	Type scalar `json:"type"`
	ID   scalar `json:"id"`
}

func (item conversationItem) ticket() Ticket {
	made := Ticket{
		ID:         either(item.ID, item.ConversationID),
		Channel:    string(item.ChannelID),
		State:      strings.ToLower(string(item.State)),
		Assigned:   strings.ToLower(string(item.Assignment.Type)),
		AssignedTo: string(item.Assignment.ID),
		Customer:   item.User.customer(),
		Language:   string(item.User.Language),
	}
	made.Marker, _ = parseMarker(item.User.Properties.get(markerKey))
	return made
}

func (g gateway) ticket(ctx context.Context, ticket string) (Ticket, error) {
	var item conversationItem
	if err := g.readTicket(ctx, ticket, &item); err != nil {
		return Ticket{}, err
	}
	return item.ticket(), nil
}

// flatConversationItem is a conversation of the chat-api.
type flatConversationItem struct {
	ID             scalar            `json:"id"`
	ConversationID scalar            `json:"conversationId"`
	ChannelID      scalar            `json:"channelId"`
	StartTime      scalar            `json:"startTime"`
	Customer       map[string]scalar `json:"customer"`
	Interactions   []interactionItem `json:"interactions"`
}

func (item flatConversationItem) ticket() Ticket {
	made := Ticket{
		ID:           either(item.ID, item.ConversationID),
		Channel:      string(item.ChannelID),
		Began:        item.StartTime.when(),
		Interactions: interactions(item.Interactions),
	}
	user := userItem{
		Name: item.Customer["name"], UserID: item.Customer["customerId"],
		Email: item.Customer["email"], Phone: item.Customer["phone"],
	}
	for key, value := range item.Customer {
		switch key {
		case "name", "customerId", "email", "phone", "language":
		default:
			user.Properties = append(user.Properties, propertyItem{scalar(key), value})
		}
	}
	made.Customer, made.Language = user.customer(), string(item.Customer["language"])
	made.Marker, _ = parseMarker(user.Properties.get(markerKey))
	return made
}

func (c chatAPI) ticket(ctx context.Context, ticket string) (Ticket, error) {
	var item flatConversationItem
	if err := c.readTicket(ctx, ticket, &item); err != nil {
		return Ticket{}, err
	}
	return item.ticket(), nil
}

// readTicket reads a ticket as far as it can be read.
func (c *client) readTicket(ctx context.Context, ticket string, item any) error {
	var body json.RawMessage
	if err := c.get(ctx, call{op: "read conversation", path: ticketPath(ticket, "")}, &body); err != nil {
		return err
	}
	lenient(body, item)
	return nil
}

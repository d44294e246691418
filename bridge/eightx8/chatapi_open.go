package eightx8

import (
	"context"
	"errors"

	"github.com/patchbay-host/patchbay/bridge"
)

// flatCreateRequest opens a ticket. The schema requires user and defines
// customer: both are sent (8x8 contract, "Where the vendor's schemas
// contradict themselves").
type flatCreateRequest struct {
	ChannelID string              `json:"channelId"`
	Customer  map[string]string   `json:"customer"`
	User      map[string]string   `json:"user"`
	History   *flatHistoryRequest `json:"history,omitempty"`
}

type flatHistoryRequest struct {
	Messages []flatHistoryItem `json:"messages"`
}

type flatHistoryItem struct {
	Text string `json:"text"`
	Type string `json:"type"`
}

// creation has no queue: a ticket goes to the queue of its channel.
func (c chatAPI) creation(ctx context.Context, channel string, o bridge.Opening) (any, error) {
	if o.Queue != "" {
		return nil, errors.New("the chat-api cannot name a queue: the target must be a channel")
	}
	customer := c.customer(ctx, o)
	body := flatCreateRequest{ChannelID: channel, Customer: customer, User: customer}
	for _, m := range c.history(ctx, o) {
		if body.History == nil {
			body.History = &flatHistoryRequest{}
		}
		body.History.Messages = append(body.History.Messages, flatHistoryItem{Text: m.Text, Type: wireAuthor(m.Author)})
	}
	return body, nil
}

// customer makes the customer's data, flat: at most 30 members in all. The
// fields of the customer's own go before properties of the same name, and those
// must be what 8x8 takes, too.
func (c chatAPI) customer(ctx context.Context, o bridge.Opening) map[string]string {
	user := c.user(ctx, o, maxProperties-flatFields)
	made := map[string]string{}
	for _, p := range user.Properties {
		made[p.Key] = p.Value
	}
	for key, value := range map[string]string{
		"name": user.Name, "customerId": user.UserID, "email": user.Email, "phone": user.Phone, "language": user.Language,
	} {
		if value != "" {
			made[key] = value
		}
	}
	for key, fit := range map[string]func(string) string{"email": address, "language": language} {
		given, has := made[key]
		if !has {
			continue
		}
		if made[key] = fit(given); made[key] == "" {
			delete(made, key)
			c.log.InfoContext(ctx, "8x8 would not take a property; the ticket is without it",
				"conversation", string(o.Marker.Conversation), "property", key)
		}
	}
	return made
}

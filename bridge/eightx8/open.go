package eightx8

import (
	"context"
	"errors"
	"net/http"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Open creates a conversation on the desk's channel, with the customer's data,
// the marker among them, and the newest 200 messages of the history (8x8
// contract, "Calls", create conversation). Nothing is created if the channel
// cannot be found.
func (d *Desk) Open(ctx context.Context, o bridge.Opening) (string, error) {
	channel, err := d.channels.find(ctx, o.Channel)
	if err != nil {
		return "", err
	}
	body := createRequest{
		ChannelID: channel,
		User:      d.client.user(ctx, o),
		History:   d.client.history(ctx, o),
	}
	if o.Queue != "" {
		body.Assignment = &assignment{Type: "queue", ID: o.Queue}
	}
	do := call{op: "create conversation", method: http.MethodPost, path: "/conversations", body: body}
	var made createAnswer
	if err := d.client.once(ctx, do, &made); err != nil {
		var failed *bridge.DeskError
		if errors.As(err, &failed) && failed.Kind == bridge.DeskRefused {
			d.channels.forget() // the channel may have been replaced
		}
		return "", err
	}
	ticket := either(made.ConversationID, made.ID)
	if ticket == "" {
		return "", do.unanswered(errors.New("the answer names no conversation"), false)
	}
	return ticket, nil
}

// history makes the history; nil: there is none.
func (c *client) history(ctx context.Context, o bridge.Opening) *historyRequest {
	var messages []messageRequest
	for _, m := range o.History {
		if m.Text != "" {
			messages = append(messages, outgoing(m))
		}
	}
	if dropped := len(messages) - maxHistory; dropped > 0 {
		messages = messages[dropped:]
		c.log.InfoContext(ctx, "the history does not fit into the ticket",
			"conversation", string(o.Marker.Conversation), "dropped", dropped, "limit", maxHistory)
	}
	if len(messages) == 0 {
		return nil
	}
	return &historyRequest{Messages: messages}
}

// outgoing makes a message. 8x8 knows of our side only user and bot.
func outgoing(m bridge.Outgoing) messageRequest {
	author := wireBot
	if m.Author == bot.AuthorCustomer {
		author = wireUser
	}
	return messageRequest{AuthorType: author, Text: m.Text}
}

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
	const op = "create conversation"
	body, err := d.says.creation(ctx, channel.ID, o)
	if err != nil {
		return "", refuse(op, err)
	}
	do := call{op: op, method: http.MethodPost, path: "/conversations", body: body}
	var made createAnswer
	if err := d.client.once(ctx, do, &made); err != nil {
		d.channels.doubt(err)
		return "", err
	}
	ticket := either(made.ConversationID, made.ID)
	if ticket == "" {
		return "", do.unanswered(errors.New("the answer names no conversation"), false)
	}
	return ticket, nil
}

// history is what was said so far, in words: the newest 200 messages. Files
// and cards in it go by their names and texts.
func (c *client) history(ctx context.Context, o bridge.Opening) []bridge.Outgoing {
	var messages []bridge.Outgoing
	for _, m := range o.History {
		if text := asText(m); text != "" {
			messages = append(messages, bridge.Outgoing{Author: m.Author, Text: text})
		}
	}
	if dropped := len(messages) - maxHistory; dropped > 0 {
		messages = messages[dropped:]
		c.log.InfoContext(ctx, "the history does not fit into the ticket",
			"conversation", string(o.Marker.Conversation), "dropped", dropped, "limit", maxHistory)
	}
	return messages
}

// wireAuthor is 8x8's word for an author. It knows of our side only user and
// bot.
func wireAuthor(author bot.Author) string {
	if author == bot.AuthorCustomer {
		return wireUser
	}
	return wireBot
}

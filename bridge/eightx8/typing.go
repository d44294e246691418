package eightx8

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// How long a bot can be said to think, in seconds.
const (
	minThinking = 1
	maxThinking = 600
)

// Signal shows what is not kept: that customer or bot is at work, or has read
// (8x8 contract, "Calls", typing, thinking, read receipt). The chat-gateway
// alone, as what it calls.
func (d *Desk) Signal(ctx context.Context, ticket string, s bridge.Signal) error {
	switch {
	case s.Typing == nil:
		return d.ReadReceipt(ctx, ticket, s.Author, s.ReadAt)
	case s.Author == bot.AuthorBot:
		return d.BotTyping(ctx, ticket, *s.Typing)
	}
	return d.Typing(ctx, ticket)
}

// Typing shows the agents that the customer is typing.
func (d *Desk) Typing(ctx context.Context, ticket string) error {
	return d.typing(ctx, ticket, wireUser)
}

// BotTyping shows that the bot is at work: as thinking if it says so, or if it
// takes longer than a typing indicator lasts, otherwise as typing. That it has
// stopped (For is 0) cannot be shown, and is no error.
func (d *Desk) BotTyping(ctx context.Context, ticket string, t bot.Typing) error {
	const op = "show thinking"
	if t.For <= 0 {
		return d.needGateway(op, ticket)
	}
	if !t.Thinking && t.For <= typingLasts {
		return d.typing(ctx, ticket, wireBot)
	}
	seconds := int64((t.For + time.Second - 1) / time.Second)
	return d.signal(ctx, op, ticket, "/thinking", thinkingRequest{
		AuthorType: wireBot,
		MaxSeconds: max(minThinking, min(seconds, maxThinking)),
	})
}

// ReadReceipt tells that author, customer or bot, has read everything up to a
// time. For the customer that is so on channels of our own alone (8x8
// contract, "Calls", read receipt).
func (d *Desk) ReadReceipt(ctx context.Context, ticket string, author bot.Author, at time.Time) error {
	const op = "show as read"
	if at.IsZero() {
		return refuse(op, errors.New("the time is not given"))
	}
	return d.signal(ctx, op, ticket, "/read-receipt", readRequest{wireAuthor(author), at.UnixMilli()})
}

func (d *Desk) typing(ctx context.Context, ticket, author string) error {
	return d.signal(ctx, "show typing", ticket, "/typing", typingRequest{AuthorType: author})
}

// signal posts what is shown and not kept.
func (d *Desk) signal(ctx context.Context, op, ticket, below string, body any) error {
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	return d.client.once(ctx, call{op: op, method: http.MethodPost, path: ticketPath(ticket, below), body: body}, nil)
}

type typingRequest struct {
	AuthorType string `json:"authorType"`
}

type thinkingRequest struct {
	AuthorType string `json:"authorType"`
	MaxSeconds int64  `json:"maxThinkingTimeSeconds"`
}

type readRequest struct {
	AuthorType string `json:"authorType"`
	ReadAt     int64  `json:"readAt"` // Unix milliseconds
}

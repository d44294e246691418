package eightx8

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Message is a message of a ticket's, whoever said it.
type Message struct {
	// ID; empty on the chat-api.
	ID string
	// Author, and an agent's id.
	Author   bot.Author
	AuthorID string
	Text     string
	// At; zero: not told.
	At time.Time
	// Attachments by id.
	Attachments []string
	Cards       []MessageCard
}

// MessageCard is a card of a message.
type MessageCard struct {
	// ID is what SubmitCard and ExecuteCard ask for; empty: not told.
	ID string
	bot.Card
	// Submitted by the customer, and executed by an agent.
	Submitted, Executed bool
}

// messageItem is a message of the gateway.
type messageItem struct {
	ID        scalar `json:"id"`
	Text      scalar `json:"text"`
	CreatedAt scalar `json:"createdAt"`
	Author    struct {
		ID   scalar `json:"id"`
		Type scalar `json:"type"`
	} `json:"author"`
	Attachments []attachmentItem `json:"attachments"`
	Cards       []cardItem       `json:"cards"`
}

type cardItem struct {
	ID          scalar          `json:"id"`
	ContentType scalar          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
	Submitted   scalar          `json:"actionSubmitted"`
	Executed    scalar          `json:"actionExecuted"`
}

func (item cardItem) id() scalar { return item.ID }

func (item cardItem) card() MessageCard {
	return MessageCard{
		ID:        string(item.ID),
		Card:      bot.Card{ContentType: string(item.ContentType), Content: item.Content},
		Submitted: item.Submitted.yes(),
		Executed:  item.Executed.yes(),
	}
}

func (item messageItem) message() Message {
	made := Message{ID: string(item.ID), Text: string(item.Text), At: item.CreatedAt.when()}
	switch {
	case item.Author.Type.is(wireUser):
		made.Author = bot.AuthorCustomer
	case item.Author.Type.is(wireBot):
		made.Author = bot.AuthorBot
	case item.Author.Type.is(wireAgent):
		made.Author, made.AuthorID = bot.AuthorAgent, string(item.Author.ID)
	default:
		made.Author = bot.AuthorSystem
	}
	for _, file := range item.Attachments {
		made.Attachments = append(made.Attachments, string(file.ID))
	}
	for _, card := range item.Cards {
		made.Cards = append(made.Cards, card.card())
	}
	return made
}

// Messages lists everything said in a ticket, agents' words included, oldest
// first, at most the newest limit messages.
func (d *Desk) Messages(ctx context.Context, ticket string, limit int) ([]Message, error) {
	if err := needTicket("list messages", ticket); err != nil || limit <= 0 {
		return nil, err
	}
	every := func(messageItem) bool { return true }
	items, err := d.says.messages(ctx, ticket, limit, every)
	var made []Message
	for _, item := range items {
		made = append(made, item.message())
	}
	return made, err
}

// ReadMessage reads one message by its id. The chat-gateway alone, as the
// next.
func (d *Desk) ReadMessage(ctx context.Context, ticket, message string) (Message, error) {
	const op = "read message"
	if err := d.needGateway(op, ticket, message); err != nil {
		return Message{}, err
	}
	var item messageItem
	err := d.client.get(ctx, call{op: op, path: ticketPath(ticket, "/messages/"+url.PathEscape(message))}, &item)
	return item.message(), err
}

// Cards lists the cards of a message, by its id.
func (d *Desk) Cards(ctx context.Context, ticket, message string) ([]MessageCard, error) {
	const op = "list cards"
	if err := d.needGateway(op, ticket, message); err != nil {
		return nil, err
	}
	do := call{
		op:    op,
		path:  ticketPath(ticket, "/messages/"+url.PathEscape(message)+"/cards"),
		query: url.Values{"sort": {"createdAt:asc"}},
	}
	items, err := getAll[cardItem](ctx, d.client, do, "cards")
	var all []MessageCard
	for _, item := range items {
		all = append(all, item.card())
	}
	return all, err
}

package bot

import (
	"encoding/json"
	"time"
)

// Author is whose words something is.
type Author string

// The authors.
const (
	AuthorCustomer Author = "customer"
	AuthorBot      Author = "bot"
	AuthorAgent    Author = "agent"
	AuthorSystem   Author = "system" // the host itself
)

// Message is something said.
type Message struct {
	// ID is made by the host; empty in what a bot says.
	ID string `json:"id,omitempty"`
	// Text is plain text, at most 16 KiB.
	Text string `json:"text,omitempty"`
	// Cards, at most 10.
	Cards []Card `json:"cards,omitempty"`
	// QuickReplies are offered with the message, at most 13.
	QuickReplies []QuickReply `json:"quick_replies,omitempty"`
	// Attachments, at most 10.
	Attachments []Attachment `json:"attachments,omitempty"`
	// At is when it was said; ignored in what a bot says.
	At time.Time `json:"at,omitzero"`
}

// Empty reports whether the message says nothing at all.
func (m Message) Empty() bool {
	return m.Text == "" && len(m.Cards) == 0 && len(m.QuickReplies) == 0 && len(m.Attachments) == 0
}

// Card is rich content in a format of its own.
type Card struct {
	// ContentType, such as application/vnd.microsoft.card.adaptive.
	ContentType string `json:"content_type"`
	// Content is the card itself, at most 64 KiB, nested at most 100 deep.
	Content json.RawMessage `json:"content"`
	// Fallback is shown where the card cannot be. Empty: the host takes the
	// texts out of the card.
	Fallback string `json:"fallback,omitempty"`
}

// QuickReply is an answer offered to the customer.
type QuickReply struct {
	// Title is what is shown, at most 256 bytes.
	Title string `json:"title"`
	// Value comes back when it is pressed, at most 1 KiB. Empty: the title.
	Value string `json:"value,omitempty"`
}

// Attachment is a file with a message: either URL or Data is set.
type Attachment struct {
	Name        string `json:"name,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	// URL is where the file can be had by GET. To the bot: signed, and
	// expiring with the turn. From the bot: passed on, never fetched.
	URL string `json:"url,omitempty"`
	// Data is the file: to the bot up to 256 KiB, from the bot up to 1 MiB.
	Data []byte `json:"data,omitempty"`
	// Size in bytes; 0: unknown.
	Size int64 `json:"size,omitempty"`
}

// HistoryMessage is something said earlier.
type HistoryMessage struct {
	Author Author `json:"author"`
	// Name of who said it; empty: unknown.
	Name string `json:"name,omitempty"`
	// Text is what was said; cards and attachments as their text.
	Text string    `json:"text"`
	At   time.Time `json:"at,omitzero"`
}

// Action is a press on a quick reply or on a card's button.
type Action struct {
	Kind ActionKind `json:"kind"`
	// Title of what was pressed; empty: unknown.
	Title string `json:"title,omitempty"`
	// Value of a quick reply.
	Value string `json:"value,omitempty"`
	// Data is what a card's button sent.
	Data json.RawMessage `json:"data,omitempty"`
}

// ActionKind says what was pressed.
type ActionKind string

// The kinds of action.
const (
	ActionQuickReply ActionKind = "quick_reply"
	ActionCard       ActionKind = "card"
)

package eightx8

import "encoding/json"

// The bodies of the chat-gateway that the desk sends and reads. What is read
// is tolerant (see scalar), what is sent follows the schemas.

// ways of saying who wrote a message. In what is read there are also agent and
// system.
const (
	wireUser  = "user"
	wireBot   = "bot"
	wireAgent = "agent"
)

// createRequest opens a ticket.
type createRequest struct {
	ChannelID  string          `json:"channelId"`
	User       userRequest     `json:"user"`
	Assignment *assignment     `json:"assignment,omitempty"`
	History    *historyRequest `json:"history,omitempty"`
}

type userRequest struct {
	Name       string            `json:"name,omitempty"`
	UserID     string            `json:"userId,omitempty"`
	Email      string            `json:"email,omitempty"`
	Phone      string            `json:"phone,omitempty"`
	Company    string            `json:"company,omitempty"`
	CaseID     string            `json:"caseId,omitempty"`
	Language   string            `json:"language,omitempty"`
	Properties []propertyRequest `json:"additionalProperties"`
}

type propertyRequest struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// What a conversation can be assigned to; it can also be read to be with an
// agent.
const (
	assignedToQueue  = "queue"
	assignedToScript = "script"
)

type assignment struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type historyRequest struct {
	Messages []messageRequest `json:"messages"`
}

// messageRequest has a text, or cards, or files, or all of them.
type messageRequest struct {
	AuthorType  string              `json:"authorType"`
	Text        string              `json:"text,omitempty"`
	Attachments []attachmentRequest `json:"attachments,omitempty"`
	Cards       []cardRequest       `json:"cards,omitempty"`
}

type attachmentRequest struct {
	ID string `json:"id"`
}

type cardRequest struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
}

type participantRequest struct {
	Removed bool `json:"removed"`
}

// createAnswer names the new ticket.
type createAnswer struct {
	ConversationID scalar `json:"conversationId"`
	ID             scalar `json:"id"`
}

type channelItem struct {
	ID        scalar         `json:"id"`
	Name      scalar         `json:"name"`
	Type      scalar         `json:"type"`
	WebhookID scalar         `json:"webHookId"`
	Routing   assignmentItem `json:"routingOptions"`
}

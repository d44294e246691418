package directline

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The types of activity that are spoken here.
const (
	typeMessage            = "message"
	typeEvent              = "event"
	typeTyping             = "typing"
	typeEndOfConversation  = "endOfConversation"
	typeConversationUpdate = "conversationUpdate"
)

// The names of event activities that mean something here; the first comes
// from the client.
const (
	eventHandoffCancel      = "handoff.cancel"
	eventHandoffStatus      = "handoff.status"
	eventConversationStatus = "conversation.status"
)

// activity is an activity on its way to the client.
type activity struct {
	Type             string            `json:"type"`
	ID               string            `json:"id,omitempty"`
	Timestamp        time.Time         `json:"timestamp,omitzero"`
	ChannelID        string            `json:"channelId"`
	From             account           `json:"from"`
	Conversation     account           `json:"conversation"`
	Locale           string            `json:"locale,omitempty"`
	ReplyToID        string            `json:"replyToId,omitempty"`
	Name             string            `json:"name,omitempty"`
	TextFormat       string            `json:"textFormat,omitempty"`
	Text             string            `json:"text,omitempty"`
	Attachments      []attachment      `json:"attachments,omitempty"`
	SuggestedActions *suggestedActions `json:"suggestedActions,omitempty"`
	Value            any               `json:"value,omitempty"`
	ChannelData      channelData       `json:"channelData"`
}

// attachment is a file by its address or a card by its content.
type attachment struct {
	ContentType string          `json:"contentType,omitempty"`
	ContentURL  string          `json:"contentUrl,omitempty"`
	Content     json.RawMessage `json:"content,omitempty"`
	Name        string          `json:"name,omitempty"`
}

type suggestedActions struct {
	Actions []cardAction `json:"actions"`
}

// cardAction is a button.
type cardAction struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Text        string `json:"text,omitempty"`
	DisplayText string `json:"displayText,omitempty"`
	Value       string `json:"value"`
}

// channelData is what Direct Line has no word for. Web Chat looks at all but
// the last.
type channelData struct {
	ClientActivityID string       `json:"clientActivityID,omitempty"`
	PostBack         bool         `json:"postBack,omitempty"`
	MessageBack      *messageBack `json:"messageBack,omitempty"`
	Patchbay         authorship   `json:"patchbay"`
}

// messageBack says what is shown of a press.
type messageBack struct {
	DisplayText string `json:"displayText,omitempty"`
}

// authorship tells apart whom Direct Line knows as the bot.
type authorship struct {
	Author bot.Author `json:"author"`
	Agent  *bot.Agent `json:"agent,omitempty"`
}

// handoffStatus is the value of a handoff.status event.
type handoffStatus struct {
	Status string     `json:"status"`
	Queue  string     `json:"queue,omitempty"`
	Agent  *bot.Agent `json:"agent,omitempty"`
}

// conversationStatus is the value of a conversation.status event.
type conversationStatus struct {
	Status string `json:"status"`
}

// activitySet is an answer of the journal: activities, and how far it was
// read. Typing has no watermark.
type activitySet struct {
	Activities []activity `json:"activities"`
	Watermark  string     `json:"watermark,omitempty"`
}

// activityID names an entry of the journal.
func activityID(id bot.ConversationID, number int64) string {
	return fmt.Sprintf("%s|%07d", id, number)
}

package simulator

import (
	"encoding/json"
	"strings"
)

// The events of the chat-gateway shape (8x8 contract, "Webhook events").
const (
	eventConversation = "CONVERSATION_UPDATE"
	eventQueued       = "QUEUED"
	eventMembers      = "MEMBERS_CHANGED"
	eventTransfer     = "TRANSFER"
	eventMessage      = "MESSAGE"
	eventActivity     = "ACTIVITY"
	eventVerify       = "WEB_HOOK_VERIFY"
)

// event is the body of a webhook. tags are the words by which a fault rule may
// pick one event of a kind, "MEMBERS_CHANGED agent left" say.
type event struct {
	EventType      string `json:"eventType"`
	ConversationID string `json:"conversationId"`
	Timestamp      int64  `json:"timestamp"`
	Data           any    `json:"data,omitempty"`

	tags []string
	body any // what is sent instead of the event itself, if anything
}

// The changes of a member.
const (
	memberJoined = "joined"
	memberLeft   = "left"
)

type conversationData struct {
	State      string     `json:"state"`
	Assignment assignment `json:"assignment"`
	User       userData   `json:"user"`
	MSISDN     string     `json:"msisdn,omitempty"`
	Channel    string     `json:"channel"`
}

type queuedData struct {
	QueueID   string `json:"queueId"`
	QueueName string `json:"queueName"`
}

type membersData struct {
	MemberType string `json:"memberType"`
	Change     string `json:"change"`
	ID         string `json:"id"`
}

type messageData struct {
	IsEcho bool   `json:"isEcho"`
	Sender member `json:"sender"`
	Text   string `json:"text"`

	Attachments []attachmentData `json:"attachments,omitempty"`
	Cards       []cardView       `json:"cards,omitempty"`
}

type attachmentData struct {
	ID           string `json:"id"`
	Type         string `json:"type"`
	PreSignedURL string `json:"preSignedUrl"`
	FileName     string `json:"fileName"`
}

type member struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type activityData struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

type typingValue struct {
	Users []member `json:"users"`
}

// encode is the event as it is sent.
func (e event) encode() ([]byte, error) {
	if e.body != nil {
		return json.Marshal(e.body)
	}
	return json.Marshal(e)
}

func (c *centre) tell(t *ticket, kind string, data any, tags ...string) {
	c.emit(t, event{
		EventType:      kind,
		ConversationID: t.id,
		Timestamp:      c.now().UnixMilli(),
		Data:           data,
		tags:           tags,
	})
}

func (c *centre) tellState(t *ticket) {
	c.tell(t, eventConversation, conversationData{
		State:      c.spell(t.state),
		Assignment: t.assignment(),
		User:       t.user.copy(),
		MSISDN:     t.msisdn,
		Channel:    c.channelType(t),
	}, t.state, t.assignment().Type)
}

func (c *centre) tellMember(t *ticket, memberType, change, id string) {
	c.tell(t, eventMembers, membersData{MemberType: memberType, Change: change, ID: id}, memberType, change)
}

func (c *centre) tellMessage(t *ticket, m message) {
	tags := []string{m.authorType}
	if m.echo {
		tags = append(tags, "echo")
	}
	data := messageData{
		IsEcho: m.echo,
		Sender: member{ID: m.author, Type: m.authorType},
		Text:   m.text,
		Cards:  viewCards(m.cards),
	}
	for _, a := range m.attachments {
		data.Attachments = append(data.Attachments, attachmentData{
			ID: a.id, Type: a.kind(), PreSignedURL: c.preSigned(t, a), FileName: a.filename,
		})
	}
	c.tell(t, eventMessage, data, tags...)
}

// tellTyping says who types now; nobody means that typing has stopped.
func (c *centre) tellTyping(t *ticket, who ...member) {
	if who == nil {
		who = []member{}
	}
	c.tellActivity(t, "typing", typingValue{Users: who})
}

// tellActivity tells of something that is not said.
func (c *centre) tellActivity(t *ticket, name string, value any) {
	c.tell(t, eventActivity, activityData{Name: name, Value: value}, name)
}

// spell writes a state as the quirks have it.
func (c *centre) spell(state string) string {
	if c.quirks.UpperCaseStates {
		return strings.ToUpper(state)
	}
	return state
}

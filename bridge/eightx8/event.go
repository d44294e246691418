package eightx8

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxTicket bounds the id of a conversation of 8x8's, in bytes.
const maxTicket = 256

// The events, of both shapes (8x8 contract, "Webhook events").
const (
	eventProbe       = "WEB_HOOK_VERIFY"
	eventUpdate      = "CONVERSATION_UPDATE"
	eventMembers     = "MEMBERS_CHANGED"
	eventMessage     = "MESSAGE"
	eventActivity    = "ACTIVITY"
	eventQueued      = "QUEUED"       // either shape
	eventTransfer    = "TRANSFER"     // either shape
	eventAgentJoined = "AGENT_JOINED" // the flat shape, as the next ones
	eventAgentLeft   = "AGENT_LEFT"
	eventText        = "TEXT"
)

// eventBody is an event of either shape: the gateway's has data, the older one
// is flat. Both are taken from either dialect, as 8x8 mixes them.
type eventBody struct {
	EventType      scalar          `json:"eventType"`
	MessageType    scalar          `json:"messageType"`
	ConversationID scalar          `json:"conversationId"`
	Timestamp      scalar          `json:"timestamp"`
	Data           json.RawMessage `json:"data"`

	queueData
	AgentID   scalar `json:"agentId"`
	AgentName scalar `json:"agentName"`
	Message   scalar `json:"message"`
}

type queueData struct {
	QueueID   scalar `json:"queueId"`
	QueueName scalar `json:"queueName"`
}

// read reads the event's data, as far as there are and fit.
func (b eventBody) read(data any) { lenient(b.Data, data) }

// agent of a flat event.
func (b eventBody) agent() bot.Agent {
	return bot.Agent{ID: string(b.AgentID), Name: string(b.AgentName)}
}

// read makes an event of a verified body.
func (v *Verifier) read(ctx context.Context, sent envelope, data []byte) (lifecycle.Event, *bridge.Typing, error) {
	var body eventBody
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) || json.Unmarshal(data, &body) != nil {
		return lifecycle.Event{}, nil, fmt.Errorf("%w: it is no JSON object", ErrBody)
	}
	kind := strings.ToUpper(string(body.EventType))
	switch ticket := body.ConversationID; {
	case kind == eventProbe:
		return lifecycle.Event{}, nil, fmt.Errorf("%w: %s", ErrNothing, eventProbe)
	case ticket == "":
		v.log.InfoContext(ctx, "8x8 tells something of no conversation", "kind", named(body.EventType))
		return lifecycle.Event{}, nil, fmt.Errorf("%w: it names no conversation", ErrNothing)
	case len(ticket) > maxTicket:
		return lifecycle.Event{}, nil, fmt.Errorf("%w: its conversation's id is too long", ErrBody)
	}
	if kind == eventActivity {
		if event, typing, err := v.typing(body); typing != nil || err != nil {
			return event, typing, err
		}
	}
	event := lifecycle.Event{
		ID:       "8x8:" + v.tenant + ":" + sent.event,
		At:       v.clock.Now(),
		Desk:     v.desk,
		Ticket:   string(body.ConversationID),
		DeskTime: body.Timestamp.millis(),
	}
	if event.DeskTime.IsZero() {
		event.DeskTime = sent.at
	}
	body.fill(&event, kind)
	if event.Kind == "" {
		event.Kind = lifecycle.EventNoted
		v.log.InfoContext(ctx, "8x8 sent an event that is not known", "kind", event.Detail)
	}
	return event, nil, nil
}

// fill says what happens. An event that is not known keeps no kind, and is named
// in the detail.
func (b eventBody) fill(event *lifecycle.Event, kind string) {
	switch kind {
	case eventQueued:
		var data queueData
		b.read(&data)
		event.Kind = lifecycle.EventQueued
		event.Queue = either(data.QueueName, b.QueueName, data.QueueID, b.QueueID)
	case eventTransfer:
		event.Kind = lifecycle.EventTransferred
	case eventAgentJoined:
		event.Kind, event.Agent = lifecycle.EventJoined, b.agent()
	case eventAgentLeft:
		event.Kind, event.Agent = lifecycle.EventAgentLeft, b.agent()
	case eventText:
		b.fillText(event)
	case eventUpdate:
		b.fillUpdate(event)
	case eventMembers:
		b.fillMembers(event)
	case eventMessage:
		b.fillMessage(event)
	case eventActivity:
		b.fillActivity(event)
	default:
		event.Detail = "unknown event " + named(b.EventType)
	}
}

// fillUpdate tells of a ticket's marker, if it has one of ours, of who the
// customer is, as 8x8 has it, and in words of its state.
func (b eventBody) fillUpdate(event *lifecycle.Event) {
	var data struct {
		State      scalar         `json:"state"`
		User       userItem       `json:"user"`
		Assignment assignmentItem `json:"assignment"`
		Channel    scalar         `json:"channel"`
		MSISDN     scalar         `json:"msisdn"`
	}
	b.read(&data)
	event.Kind = lifecycle.EventNoted
	event.Detail = "conversation " + strings.ToLower(shorten(string(data.State), 32))
	if to := data.Assignment; to.Type != "" {
		event.Detail += fmt.Sprintf(", assigned to %s %s", shorten(string(to.Type), 32), shorten(string(to.ID), 64))
	}
	if data.Channel != "" {
		event.Detail += ", by " + shorten(string(data.Channel), 32)
	}
	event.Detail = oneLine(event.Detail)
	data.User.Phone = scalar(either(data.User.Phone, data.MSISDN))
	if customer := data.User.customer(); !reflect.ValueOf(customer).IsZero() {
		event.Customer = &customer
	}
	event.Language = string(data.User.Language)
	if event.Active = data.State.is("active"); event.Active {
		event.Kind = lifecycle.EventTicket
	}
	if marker, ok := parseMarker(data.User.Properties.get(markerKey)); ok {
		event.Kind, event.Marker = lifecycle.EventTicket, marker
	}
}

// fillMembers tells of an agent's coming or going, and of a customer's leaving,
// which on our own channels follows from our call and changes nothing.
func (b eventBody) fillMembers(event *lifecycle.Event) {
	var data struct {
		MemberType scalar `json:"memberType"`
		Change     scalar `json:"change"`
		ID         scalar `json:"id"`
	}
	b.read(&data)
	switch agent := data.MemberType.is(wireAgent); {
	case agent && data.Change.is("joined"):
		event.Kind = lifecycle.EventJoined
	case agent && data.Change.is("left"):
		event.Kind = lifecycle.EventAgentLeft
	case data.MemberType.is(wireUser) && data.Change.is("left"):
		event.Kind = lifecycle.EventLeft
		return
	default:
		event.Kind = lifecycle.EventNoted
		event.Detail = fmt.Sprintf("member %s %s", named(data.MemberType), named(data.Change))
		return
	}
	event.Agent = bot.Agent{ID: string(data.ID)}
}

// named quotes a word of 8x8's for a log or a detail, shortened.
func named(word scalar) string { return fmt.Sprintf("%q", shorten(string(word), 64)) }

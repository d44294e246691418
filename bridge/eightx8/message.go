package eightx8

import (
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// sender of a message or activity.
type sender struct {
	ID   scalar `json:"id"`
	Type scalar `json:"type"`
}

// agent that a sender is. 8x8 gives no name.
func (s sender) agent() bot.Agent { return bot.Agent{ID: string(s.ID)} }

// fillMessage tells what an agent said, or on a channel of 8x8's own the
// customer. An echo is what we sent.
func (b eventBody) fillMessage(event *lifecycle.Event) {
	var data struct {
		IsEcho scalar `json:"isEcho"`
		Sender sender `json:"sender"`
		contents
	}
	b.read(&data)
	event.Kind = lifecycle.EventNoted
	switch {
	case data.IsEcho.yes():
		event.Detail = "echo of what was sent"
	case data.Sender.Type.is(wireAgent):
		event.Agent = data.Sender.agent()
		said(event, lifecycle.EventAgentSaid, data.message())
	case data.Sender.Type.is(wireUser):
		said(event, lifecycle.EventSaid, data.message())
	default:
		event.Detail = "message by " + named(data.Sender.Type)
	}
}

// fillText tells what an agent said, in the flat shape.
func (b eventBody) fillText(event *lifecycle.Event) {
	if b.MessageType != "" && !b.MessageType.is(wireAgent) {
		event.Kind, event.Detail = lifecycle.EventNoted, "text of type "+named(b.MessageType)
		return
	}
	event.Agent = b.agent()
	said(event, lifecycle.EventAgentSaid, bot.Message{Text: string(b.Message)})
}

// said makes somebody's words an event of that kind, if they say anything.
func said(event *lifecycle.Event, kind lifecycle.EventKind, m bot.Message) {
	if m.Empty() {
		event.Kind, event.Detail = lifecycle.EventNoted, "message that says nothing"
		return
	}
	m.At = event.DeskTime
	event.Kind, event.Message = kind, &m
}

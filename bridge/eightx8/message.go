package eightx8

import (
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// sender of a message or activity.
type sender struct {
	ID   scalar `json:"id"`
	Type scalar `json:"type"`
}

// fillMessage tells what an agent said. An echo is what we sent. The words of
// a user or bot that are none have no meaning on a channel of our own.
func (b eventBody) fillMessage(event *lifecycle.Event) {
	var data struct {
		IsEcho      scalar           `json:"isEcho"`
		Sender      sender           `json:"sender"`
		Text        scalar           `json:"text"`
		Attachments []attachmentItem `json:"attachments"`
		Cards       []cardItem       `json:"cards"`
	}
	b.read(&data)
	event.Kind = lifecycle.EventNoted
	switch {
	case data.IsEcho.yes():
		event.Detail = "echo of what was sent"
		return
	case !data.Sender.Type.is(wireAgent):
		event.Detail = "message by " + named(data.Sender.Type)
		return
	}
	text := []string{string(data.Text)}
	for _, file := range data.Attachments {
		text = append(text, "["+either(file.FileName, file.Type, "file")+"]")
	}
	for _, card := range data.Cards {
		text = append(text, cardText(card))
	}
	agentSaid(event, data.Sender.agent(), text)
}

// fillText tells what an agent said, in the flat shape.
func (b eventBody) fillText(event *lifecycle.Event) {
	if b.MessageType != "" && !b.MessageType.is(wireAgent) {
		event.Kind, event.Detail = lifecycle.EventNoted, "text of type "+named(b.MessageType)
		return
	}
	agentSaid(event, b.agent(), []string{string(b.Message)})
}

// agent that a sender is. 8x8 gives no name.
func (s sender) agent() bot.Agent { return bot.Agent{ID: string(s.ID)} }

// agentSaid makes an agent's words of the lines that are not empty.
func agentSaid(event *lifecycle.Event, agent bot.Agent, lines []string) {
	var said []string
	for _, line := range lines {
		if line != "" {
			said = append(said, line)
		}
	}
	event.Agent = agent
	if len(said) == 0 {
		event.Kind, event.Detail = lifecycle.EventNoted, "message that says nothing"
		return
	}
	event.Kind = lifecycle.EventAgentSaid
	event.Message = &bot.Message{Text: strings.Join(said, "\n"), At: event.DeskTime}
}

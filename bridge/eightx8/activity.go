package eightx8

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The activities, by name (8x8 contract, "Webhook events", ACTIVITY). Digital
// channels have further ones, interactive/reply say.
const (
	activityTyping  = "typing"
	activityRead    = "read-receipts"
	activityCard    = "adaptiveCard/action"
	activityReply   = "quickReply/action"
	activitySuffixA = "/reply"
	activitySuffixB = "/action"
)

// Limits of an action, in bytes: those of what a bot can say.
const (
	maxActionTitle = 256
	maxActionValue = 1 << 10
)

type activityData struct {
	Name  scalar          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// typingLasts is how long somebody is taken to type who does not stop.
const typingLasts = 10 * time.Second

// typing tells that an agent types or has stopped; nil: it is another
// activity. That somebody else types is what we told 8x8.
func (v *Verifier) typing(b eventBody) (lifecycle.Event, *bridge.Typing, error) {
	var data activityData
	if b.read(&data); !data.Name.is(activityTyping) {
		return lifecycle.Event{}, nil, nil
	}
	var value struct {
		Users []sender `json:"users"`
	}
	lenient(data.Value, &value)
	event := lifecycle.Event{Desk: v.desk, Ticket: string(b.ConversationID)}
	for _, user := range value.Users {
		if user.Type.is(wireAgent) {
			return event, &bridge.Typing{
				Author:   bot.AuthorAgent,
				AuthorID: string(user.ID),
				Typing:   bot.Typing{For: typingLasts},
			}, nil
		}
	}
	if len(value.Users) > 0 {
		return lifecycle.Event{}, nil, fmt.Errorf("%w: no agent types", ErrNothing)
	}
	return event, &bridge.Typing{Author: bot.AuthorAgent}, nil
}

// fillActivity tells what the customer pressed, or notes that something was
// read. Any other activity is not known.
func (b eventBody) fillActivity(event *lifecycle.Event) {
	var data activityData
	b.read(&data)
	event.Detail = oneLine("activity " + named(data.Name))
	switch event.Action = pressed(data); {
	case event.Action != nil:
		event.Kind = lifecycle.EventActed
	case data.Name.is(activityRead):
		event.Kind = lifecycle.EventNoted
	}
}

// pressed is what the customer pressed; nil: the activity is something else.
func pressed(data activityData) *bot.Action {
	name := strings.ToLower(string(data.Name))
	switch {
	case data.Name.is(activityRead):
		return nil
	case data.Name.is(activityCard):
		var value struct {
			Title scalar          `json:"title"`
			Data  json.RawMessage `json:"data"`
		}
		lenient(data.Value, &value)
		return &bot.Action{Kind: bot.ActionCard, Title: shorten(string(value.Title), maxActionTitle), Data: bounds(value.Data)}
	case strings.HasSuffix(name, activitySuffixA), strings.HasSuffix(name, activitySuffixB):
		var value any
		lenient(data.Value, &value)
		title, text := reply(value, maxCardDepth)
		if title == "" && text == "" {
			return nil
		}
		return &bot.Action{
			Kind:  bot.ActionQuickReply,
			Title: shorten(title, maxActionTitle),
			Value: shorten(text, maxActionValue),
		}
	default:
		return nil
	}
}

// reply finds title and value of a reply. 8x8's own has them as title and
// payload under data; channels have shapes of their own, in which they stand
// somewhere, the value as payload, postback, value or id.
func reply(value any, depth int) (title, text string) {
	object, ok := value.(map[string]any)
	if !ok || depth == 0 {
		return "", ""
	}
	title = first(object, "title", "text")
	text = first(object, "payload", "postback", "postbackData", "value", "id")
	if title != "" {
		return title, text
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if title, text := reply(object[name], depth-1); title != "" || text != "" {
			return title, text
		}
	}
	return "", text
}

// bounds is what a card has sent; what is larger or deeper than the host takes
// is left out.
func bounds(data json.RawMessage) json.RawMessage {
	if string(data) == "null" || (bot.Action{Data: data}).Check() != nil {
		return nil
	}
	return data
}

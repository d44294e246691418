package directline

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// What is taken of an activity at most, in bytes; what is said and pressed has
// the limits of [bot.Message] and [bot.Action].
const (
	maxClientID  = 256
	maxEventName = 64
)

// posted is an activity as a client posts it. What is not here is not looked
// at.
type posted struct {
	Type        string          `json:"type"`
	From        account         `json:"from"`
	Locale      string          `json:"locale"`
	Name        string          `json:"name"`
	Text        string          `json:"text"`
	Value       json.RawMessage `json:"value"`
	Attachments []attachment    `json:"attachments"`
	ChannelData json.RawMessage `json:"channelData"`
}

// postedData is what is looked at in a posted activity's channelData.
type postedData struct {
	ClientActivityID string       `json:"clientActivityID"`
	PostBack         bool         `json:"postBack"`
	MessageBack      *messageBack `json:"messageBack"`
}

// data reads the channelData. It is the client's own: what does not have the
// expected shape is left alone.
func (p posted) data() postedData {
	var fields map[string]json.RawMessage
	var d postedData
	if json.Unmarshal(p.ChannelData, &fields) != nil {
		return d
	}
	_ = json.Unmarshal(fields["clientActivityID"], &d.ClientActivityID)
	_ = json.Unmarshal(fields["postBack"], &d.PostBack)
	_ = json.Unmarshal(fields["messageBack"], &d.MessageBack)
	return d
}

// event makes of an activity what it means for the conversation: its kind and
// what was said or pressed. It is pure.
func (p posted) event() (lifecycle.Event, error) {
	ev, d, err := p.outline()
	if err != nil {
		return lifecycle.Event{}, err
	}
	switch p.Type {
	case typeMessage:
		if ev.Action, err = p.action(d); err == nil && ev.Action == nil {
			ev.Message, err = p.message()
		}
		ev.Kind = lifecycle.EventSaid
		if ev.Action != nil {
			ev.Kind = lifecycle.EventActed
		}
	case typeEvent:
		err = p.named(&ev)
	case typeEndOfConversation:
		ev.Kind = lifecycle.EventLeft
	case "":
		err = missingProperty("type")
	default:
		err = badArgument("activities of this type are not taken")
	}
	if err != nil {
		return lifecycle.Event{}, err
	}
	return ev, nil
}

// outline is what every kind of activity has, and its channelData.
func (p posted) outline() (lifecycle.Event, postedData, error) {
	d := p.data()
	if len(d.ClientActivityID) > maxClientID || strings.ContainsFunc(d.ClientActivityID, control) {
		return lifecycle.Event{}, d, badArgument("channelData.clientActivityID must be text of at most %d bytes", maxClientID)
	}
	return lifecycle.Event{ClientID: d.ClientActivityID, Language: languageOf(p.Locale)}, d, nil
}

// named is an event activity. Pages send events of their own, such as
// webchat/join; those that mean nothing here are noted by name.
func (p posted) named(ev *lifecycle.Event) error {
	switch {
	case p.Name == "":
		return missingProperty("name")
	case p.Name == eventHandoffCancel:
		ev.Kind = lifecycle.EventCancel
	case len(p.Name) > maxEventName || strings.ContainsFunc(p.Name, control):
		return badArgument("an event's name must be text of at most %d bytes", maxEventName)
	default:
		ev.Kind, ev.Detail = lifecycle.EventNoted, "event "+p.Name
	}
	return nil
}

// message is something said. Files inside it are not kept yet.
func (p posted) message() (*bot.Message, error) {
	m := &bot.Message{Text: p.Text}
	for i, a := range p.Attachments {
		if isData(a.ContentURL) {
			file, ok := decodeData(a)
			if !ok {
				return nil, badArgument("attachment %d must have a contentUrl that can be read: data:…;base64,…", i+1)
			}
			m.Attachments = append(m.Attachments, file)
			continue
		}
		u, err := url.Parse(a.ContentURL)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, badArgument("attachment %d must have a contentUrl that is an absolute http or https address", i+1)
		}
		m.Attachments = append(m.Attachments, bot.Attachment{Name: a.Name, ContentType: a.ContentType, URL: a.ContentURL})
	}
	if m.Empty() {
		return nil, missingProperty("text")
	}
	return m, beyond(m.Check())
}

// action is the press that a message stands for; nil: none. Clients send a
// button's value as value, or as text marked as a post-back, and what was
// shown beside it.
func (p posted) action(d postedData) (*bot.Action, error) {
	value := bytes.TrimSpace(p.Value)
	if bytes.Equal(value, []byte("null")) {
		value = nil
	}
	title := p.Text
	if d.MessageBack != nil && d.MessageBack.DisplayText != "" {
		title = d.MessageBack.DisplayText
	}
	var a bot.Action
	switch {
	case len(value) == 0 && !d.PostBack && d.MessageBack == nil, len(p.Attachments) > 0:
		return nil, nil
	case len(value) == 0:
		a = bot.Action{Kind: bot.ActionQuickReply, Value: p.Text}
		if title != p.Text {
			a.Title = title
		}
	case value[0] == '"':
		a = bot.Action{Kind: bot.ActionQuickReply, Title: title}
		if err := json.Unmarshal(value, &a.Value); err != nil {
			return nil, badJSON(err)
		}
	default:
		var data bytes.Buffer
		if err := json.Compact(&data, value); err != nil {
			return nil, badJSON(err)
		}
		a = bot.Action{Kind: bot.ActionCard, Title: title, Data: data.Bytes()}
	}
	return &a, checkAction(a)
}

func checkAction(a bot.Action) error {
	if a.Kind == bot.ActionQuickReply && a.Value == "" {
		return missingProperty("text or value")
	}
	return beyond(a.Check())
}

// beyond refuses what is beyond the limits of [bot.Message] and [bot.Action],
// as their checks say.
func beyond(err error) error {
	if broken, ok := errors.AsType[*bot.ContractError](err); ok {
		return badArgument("%s", broken.Problem)
	}
	return err
}

package directline

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// show makes of a journal entry the activity that its customer sees; false:
// the entry is hidden. But for the addresses of files, which link makes and
// which expire, an activity is the same however often and wherever it is read.
func show(conv lifecycle.Conversation, e lifecycle.Entry, link linker) (activity, bool) {
	own := e.Author == bot.AuthorCustomer && e.Said()
	if !own && !e.To.Has(lifecycle.ToCustomer) {
		return activity{}, false
	}
	a := outline(conv, e.Author, e.AuthorID, e.Name)
	a.ID, a.Timestamp = activityID(conv.ID, e.Number), stamp(e.At)
	a.ChannelData.ClientActivityID = e.ClientID
	switch {
	case e.Message != nil:
		a.Type = typeMessage
		a.say(*e.Message)
		for i, file := range e.Message.Attachments {
			a.Attachments = append(a.Attachments, showFile(file, contentURL(link, conv.ID, e.Number, i, file)))
		}
		if e.Of != 0 {
			a.ReplyToID = activityID(conv.ID, e.Of)
		}
	case e.Action != nil:
		a.Type = typeMessage
		a.press(*e.Action)
	case e.Kind == lifecycle.EntryEnded:
		a.Type, a.Name = typeEvent, eventConversationStatus
		a.Value = conversationStatus{Status: "ended"}
	case e.Status != "":
		a.Type, a.Name = typeEvent, eventHandoffStatus
		a.Value = statusOf(e)
	default:
		return activity{}, false
	}
	return a, true
}

// outline is an activity with its author. To Direct Line everybody but the
// customer has the role of the bot.
func outline(conv lifecycle.Conversation, author bot.Author, id, name string) activity {
	if author == "" {
		author = bot.AuthorSystem
	}
	a := activity{ChannelID: "directline", Conversation: account{ID: string(conv.ID)}, Locale: conv.Language}
	a.From = account{ID: id, Name: name, Role: "bot"}
	a.ChannelData.Patchbay.Author = author
	switch author {
	case bot.AuthorCustomer:
		a.From.Role, a.Locale = "user", ""
		if id == "" {
			a.From.ID = "user"
		}
	case bot.AuthorAgent:
		a.ChannelData.Patchbay.Agent = &bot.Agent{ID: id, Name: name}
	}
	if a.From.ID == "" {
		a.From.ID = string(author)
	}
	return a
}

// say fills in what was said, without its files.
func (a *activity) say(m bot.Message) {
	a.Text, a.TextFormat = m.Text, "plain" // or Web Chat takes it for Markdown
	for _, card := range m.Cards {
		if !json.Valid(card.Content) { // would spoil the whole answer
			a.Text = joinLines(a.Text, card.Fallback)
			continue
		}
		a.Attachments = append(a.Attachments, attachment{ContentType: card.ContentType, Content: card.Content})
	}
	if len(m.QuickReplies) > 0 {
		a.SuggestedActions = &suggestedActions{}
	}
	for _, reply := range m.QuickReplies {
		a.SuggestedActions.Actions = append(a.SuggestedActions.Actions, button(reply))
	}
}

// showFile is a file at an address, or itself if it has none.
func showFile(file bot.Attachment, address string) attachment {
	shown := attachment{ContentType: file.ContentType, ContentURL: address, Name: file.Name}
	if shown.ContentType == "" {
		shown.ContentType = "application/octet-stream"
	}
	if file.URL == "" {
		shown.ContentURL = "data:" + shown.ContentType + ";base64," + base64.StdEncoding.EncodeToString(file.Data)
	}
	return shown
}

// button is a quick reply to press. If its value is what it says, pressing it
// is saying that. Otherwise a messageBack posts both and shows the title;
// a postBack would post the value alone and show nothing.
func button(reply bot.QuickReply) cardAction {
	if reply.Value == "" || reply.Value == reply.Title {
		return cardAction{Type: "imBack", Title: reply.Title, Value: reply.Title}
	}
	return cardAction{
		Type: "messageBack", Title: reply.Title, Text: reply.Title,
		DisplayText: reply.Title, Value: reply.Value,
	}
}

// press fills in what the customer pressed, marked as clients mark it, so
// that Web Chat shows its title, or nothing.
func (a *activity) press(act bot.Action) {
	a.Text, a.TextFormat = act.Title, "plain"
	if len(act.Data) > 0 && json.Valid(act.Data) {
		a.Value = act.Data
	} else if act.Value != "" {
		a.Value = act.Value
	}
	if act.Title != "" {
		a.ChannelData.MessageBack = &messageBack{DisplayText: act.Title}
		return
	}
	a.ChannelData.PostBack = true
}

// statusOf is the news of a handoff. The entry's detail is for the operator;
// only a queue's name is for the customer as well.
func statusOf(e lifecycle.Entry) handoffStatus {
	v := handoffStatus{Status: string(e.Status)}
	if e.Kind == lifecycle.EntryQueued {
		v.Queue = e.Detail
	}
	if e.Author == bot.AuthorAgent {
		v.Agent = &bot.Agent{ID: e.AuthorID, Name: e.Name}
	}
	return v
}

// showTyping is somebody at work: without an id or a place in the journal.
func showTyping(conv lifecycle.Conversation, t bridge.Typing, now time.Time) activity {
	a := outline(conv, t.Author, t.AuthorID, t.Name)
	a.Type, a.Timestamp = typeTyping, stamp(now)
	return a
}

// stamp is a time as every client can read it: not all take nanoseconds.
func stamp(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

func joinLines(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "\n" + second
}

package eightx8

import (
	"bytes"
	"encoding/json"
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// How much of a message is kept as what it is; more goes into its text. The
// same as a bot can say.
const (
	maxSaidCards       = 10
	maxSaidReplies     = 13
	maxSaidAttachments = 10
	maxAttachmentID    = 1 << 10
)

// contents are what somebody said, as 8x8 has it.
type contents struct {
	Text        scalar           `json:"text"`
	Attachments []attachmentItem `json:"attachments"`
	Cards       []cardItem       `json:"cards"`
}

// message makes it ours. What cannot be shown as it is goes as a line of text.
func (c contents) message() bot.Message {
	var made bot.Message
	lines := []string{string(c.Text)}
	for _, card := range c.Cards {
		replies := card.replies()
		shown, ok := card.shown()
		switch {
		case len(replies) > 0 && len(made.QuickReplies)+len(replies) <= maxSaidReplies:
			made.QuickReplies = append(made.QuickReplies, replies...)
		case len(replies) == 0 && ok && len(made.Cards) < maxSaidCards:
			made.Cards = append(made.Cards, shown)
		default:
			lines = append(lines, cardText(card))
		}
	}
	for _, file := range c.Attachments {
		if file.ID == "" || len(file.ID) > maxAttachmentID || len(made.Attachments) == maxSaidAttachments {
			lines = append(lines, "["+either(file.FileName, file.Type, "file")+"]")
			continue
		}
		made.Attachments = append(made.Attachments, bot.Attachment{
			Name:        shorten(either(file.FileName, file.Type, "file"), maxActionTitle),
			ContentType: mime.TypeByExtension(path.Ext(string(file.FileName))),
			// Never the address that the event has, which gives access to
			// whoever knows it: what follows the scheme is for [Desk.Fetch].
			URL: lifecycle.FileURL(lifecycle.FileAtDesk, string(file.ID)),
		})
	}
	made.Text = strings.Join(nonEmpty(lines), "\n")
	return made
}

// shown is the card as one that can be shown, with what it says in words; not
// ok: it is none. Some channels have the content as a text that holds it.
func (item cardItem) shown() (card bot.Card, ok bool) {
	content := item.content()
	if item.ContentType == "" || !bytes.HasPrefix(content, []byte("{")) {
		return bot.Card{}, false
	}
	card = bot.Card{ContentType: string(item.ContentType), Content: content, Fallback: cardText(item)}
	return card, card.Check() == nil
}

// content is the card's content, out of its text if it is in one.
func (item cardItem) content() json.RawMessage {
	var text string
	if json.Unmarshal(item.Content, &text) == nil && json.Valid([]byte(text)) {
		return bytes.TrimSpace([]byte(text))
	}
	return bytes.TrimSpace(item.Content)
}

// replies are the answers that a card of quick replies offers; none: it is
// another card, or one that cannot be read or shown.
func (item cardItem) replies() []bot.QuickReply {
	if !item.ContentType.is(contentQuickReplies) {
		return nil
	}
	var content struct {
		Options []struct {
			Title scalar `json:"title"`
			Data  struct {
				Postback scalar `json:"postback"`
			} `json:"data"`
		} `json:"options"`
	}
	lenient(item.content(), &content)
	var replies []bot.QuickReply
	for _, option := range content.Options {
		replies = append(replies, bot.QuickReply{Title: string(option.Title), Value: string(option.Data.Postback)})
	}
	if slices.ContainsFunc(replies, func(r bot.QuickReply) bool {
		return r.Title == "" || len(r.Title) > maxActionTitle || len(r.Value) > maxActionValue
	}) {
		return nil
	}
	return replies
}

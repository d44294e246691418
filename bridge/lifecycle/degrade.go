package lifecycle

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// degrade makes a message what a side can show: a card becomes its text, quick
// replies become lines, attachments their names. Lost says what was changed;
// empty: nothing.
func degrade(m bot.Message, can Capabilities) (_ bot.Message, lost string) {
	var lines, changed []string
	add := func(what string, texts ...string) {
		lines = append(lines, texts...)
		if !slices.Contains(changed, what) {
			changed = append(changed, what)
		}
	}
	var cards []bot.Card
	for _, card := range m.Cards {
		if can.shows(card.ContentType) {
			cards = append(cards, card)
			continue
		}
		add("cards", CardText(card))
	}
	m.Cards = cards
	if !can.QuickReplies {
		for _, reply := range m.QuickReplies {
			add("quick replies", "– "+reply.Title)
		}
		m.QuickReplies = nil
	}
	if !can.Attachments {
		for _, file := range m.Attachments {
			url := file.URL
			if !strings.HasPrefix(url, "http") {
				url = "" // not one that a person can open
			}
			add("attachments", strings.TrimSpace("["+file.Name+"] "+url))
		}
		m.Attachments = nil
	}
	if len(changed) == 0 {
		return m, ""
	}
	if m.Text != "" {
		lines = append([]string{m.Text}, lines...)
	}
	m.Text = strings.Join(lines, "\n")
	return m, "as text: " + strings.Join(changed, ", ")
}

// nameFiles takes the agent's files out of a message and names them in its
// text: the desk has them under an id of its own, which no customer can open.
func nameFiles(m bot.Message) (_ bot.Message, lost string) {
	return degrade(m, Capabilities{Cards: contentTypes(m.Cards), QuickReplies: true})
}

func contentTypes(cards []bot.Card) []string {
	types := make([]string, len(cards))
	for i, card := range cards {
		types[i] = card.ContentType
	}
	return types
}

// CardText is a card as plain text: its fallback, or the texts and titles in
// it, in their order.
func CardText(card bot.Card) string {
	if card.Fallback != "" {
		return card.Fallback
	}
	var lines []string
	collect(json.NewDecoder(strings.NewReader(string(card.Content))), &lines)
	if len(lines) == 0 {
		return "[card]"
	}
	return strings.Join(lines, "\n")
}

// shown are the members of a card that a person reads.
var shown = []string{"text", "title", "altText", "subtitle", "label"}

// collect reads one JSON value and adds the texts in it that are shown.
func collect(d *json.Decoder, lines *[]string) {
	token, err := d.Token()
	if err != nil {
		return
	}
	switch token {
	case json.Delim('['):
		for d.More() {
			collect(d, lines)
		}
	case json.Delim('{'):
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return
			}
			name, _ := key.(string)
			var text string
			var raw json.RawMessage
			if d.Decode(&raw) != nil {
				return
			}
			if slices.Contains(shown, name) && json.Unmarshal(raw, &text) == nil {
				*lines = append(*lines, text)
			} else {
				collect(json.NewDecoder(strings.NewReader(string(raw))), lines)
			}
		}
	default:
		return
	}
	_, _ = d.Token() // the closing delimiter
}

package lifecycle

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// degrade makes a message what a side can show: a card becomes its text, quick
// replies become lines, attachments their names and addresses. Lost says what was changed;
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
		if can.Shows(card) {
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
	var files []bot.Attachment
	for _, file := range m.Attachments {
		place, _ := PlaceOf(file)
		switch {
		case place != "" || len(file.Data) > 0:
			if can.Attachments {
				files = append(files, file)
				continue
			}
			file.URL = "" // not one that a person can open
		case can.Links:
			files = append(files, file)
			continue
		}
		add("attachments", strings.TrimSpace("["+file.Name+"] "+file.URL))
	}
	m.Attachments = files
	if len(changed) == 0 {
		return m, ""
	}
	if m.Text != "" {
		lines = append([]string{m.Text}, lines...)
	}
	m.Text = strings.Join(lines, "\n")
	return m, "as text: " + strings.Join(changed, ", ")
}

// adaptiveCard is the media type of adaptive cards.
const adaptiveCard = "application/vnd.microsoft.card.adaptive"

// Shows reports whether a card is shown as one: an object of a known type, and
// of an adaptive card, where versions count, one that says that it is one, of a
// version which is not too new.
func (c Capabilities) Shows(card bot.Card) bool {
	object := strings.HasPrefix(strings.TrimSpace(string(card.Content)), "{")
	if !object || !slices.Contains(c.Cards, card.ContentType) {
		return false
	}
	if card.ContentType != adaptiveCard || c.AdaptiveVersion == "" {
		return true
	}
	var content struct {
		Type    string `json:"type"`
		Version string `json:"version"`
	}
	return json.Unmarshal(card.Content, &content) == nil && content.Type == "AdaptiveCard" &&
		!newer(content.Version, c.AdaptiveVersion)
}

// newer reports whether version a, such as 1.10, is newer than b, or is none.
func newer(a, b string) bool {
	numbers := func(version string) (x, y int, err error) {
		major, minor, _ := strings.Cut(version, ".")
		if x, err = strconv.Atoi(major); err == nil {
			y, err = strconv.Atoi(minor)
		}
		return x, y, err
	}
	ax, ay, err := numbers(a)
	bx, by, _ := numbers(b)
	return err != nil || ax > bx || ax == bx && ay > by
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

package eightx8

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Limits of a card's text: lines, bytes, and how deep it is searched.
const (
	maxCardLines = 50
	maxCardText  = 4096
	maxCardDepth = 16
)

// contentAdaptive is the content type of adaptive cards.
const contentAdaptive = "application/vnd.microsoft.card.adaptive"

// maxAdaptive is the newest version of adaptive cards that 8x8 shows.
const maxAdaptive = "1.6"

// cardTypes are the content types that 8x8 shows as cards (8x8 contract,
// "Calls").
func cardTypes() []string {
	return []string{
		contentAdaptive, contentQuickReplies,
		"Interactive", "Location", "Template", "Suggestions", "Buttons", "Carousel",
	}
}

// textOfCard is what a card of ours says in words.
func textOfCard(card bot.Card) string {
	if card.Fallback != "" {
		return card.Fallback
	}
	return cardText(cardItem{ContentType: scalar(card.ContentType), Content: card.Content})
}

// asText is a whole message in words: its text, its cards' texts, the titles
// of its quick replies and the names of its files, a line each.
func asText(m bridge.Outgoing) string {
	lines := []string{m.Text}
	for _, card := range m.Cards {
		lines = append(lines, textOfCard(card))
	}
	for _, reply := range m.QuickReplies {
		lines = append(lines, "– "+reply.Title)
	}
	for _, file := range m.Files {
		lines = append(lines, "["+either(scalar(file.Name), "file")+"]")
	}
	return strings.Join(nonEmpty(lines), "\n")
}

// nonEmpty are the lines that say something.
func nonEmpty(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// cardText is what a card says, a line for each text, title and option, or its
// kind in brackets if it says nothing that can be read.
func cardText(card cardItem) string {
	var content any
	_ = json.Unmarshal(card.Content, &content) // a card that cannot be read says nothing
	if text, ok := content.(string); ok {
		_ = json.Unmarshal([]byte(text), &content)
	}
	var lines []string
	collect(content, maxCardDepth, &lines)
	text := shorten(strings.Join(lines, "\n"), maxCardText)
	if text == "" {
		return "[" + shorten(either(card.ContentType, "card"), 64) + "]"
	}
	return text
}

// collect gathers the texts of a card in reading order. In adaptive cards they
// are called text, title and value (of a fact), in quick replies title.
func collect(content any, depth int, lines *[]string) {
	if depth == 0 || len(*lines) >= maxCardLines {
		return
	}
	switch content := content.(type) {
	case []any:
		for _, one := range content {
			collect(one, depth-1, lines)
		}
	case map[string]any:
		for _, name := range []string{"title", "text", "value"} {
			if text, ok := content[name].(string); ok && strings.TrimSpace(text) != "" {
				*lines = append(*lines, strings.TrimSpace(text))
			}
		}
		for _, name := range []string{"body", "items", "columns", "inlines", "facts", "rows", "cells", "options", "buttons", "actions", "card"} {
			collect(content[name], depth-1, lines)
		}
	}
}

package eightx8

import (
	"encoding/json"
	"strings"
)

// Limits of a card's text: lines, bytes, and how deep it is searched.
const (
	maxCardLines = 50
	maxCardText  = 4096
	maxCardDepth = 16
)

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

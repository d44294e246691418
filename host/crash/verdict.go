package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// kind is how something went wrong.
type kind string

const (
	lost     kind = "lost"
	twice    kind = "twice"
	disorder kind = "disorder"
	stranded kind = "stranded"
)

// soon is by when somebody who reads is shown what there is.
const soon = 3 * time.Second

// finding is one thing that went wrong.
type finding struct {
	conversation, word, says string
}

// verdict is what the evidence shows.
type verdict struct {
	*evidence
	messages int
	found    map[kind][]finding
}

func (v *verdict) wrong(k kind, conversation, word, format string, args ...any) {
	v.found[k] = append(v.found[k], finding{conversation, word, fmt.Sprintf(format, args...)})
}

// said is what an entry's text has of words; nothing if it is not said by
// somebody.
func said(e lifecycle.Entry) []string {
	if !e.Said() || e.Message == nil {
		return nil
	}
	return wordsIn(e.Message.Text)
}

// places is where in a journal each word stands.
func (v *verdict) places(conversation string) map[string]int64 {
	at := map[string]int64{}
	for _, e := range v.journals[conversation] {
		for _, word := range said(e) {
			if at[word] != 0 {
				v.wrong(twice, conversation, word, "stands in the journal as %d and %d", at[word], e.Number)
			}
			if at[word] == 0 {
				at[word] = e.Number
			}
		}
	}
	return at
}

// apart: nothing that somebody else has said, or was answered, has come into a
// conversation.
func (v *verdict) apart(name, conversation string, shown []string) {
	texts := slices.Clone(shown)
	for _, p := range v.puts {
		if p.Conversation == conversation {
			texts = append(texts, p.Numbers...)
			texts = append(texts, p.Told...)
		}
	}
	for _, t := range v.tickets {
		for _, m := range t.Messages {
			if strings.HasSuffix(t.marker(), "/"+conversation) || "8x8~acme~"+t.ID == conversation {
				texts = append(texts, m.Text)
			}
		}
	}
	for _, text := range texts {
		for _, n := range slices.Concat(numbersIn(text), answersIn(text)) {
			if whose(n) != name {
				v.wrong(twice, conversation, n, "has come into the conversation of %s", name)
			}
		}
	}
}

// answered are the numbers that bot or agents have referred to, in some texts.
func answered(texts []string) map[string]bool {
	all := map[string]bool{}
	for _, text := range texts {
		for _, n := range answersIn(text) {
			all[n] = true
		}
	}
	return all
}

// holds reports whether queue or agent have a conversation, and 8x8 agrees.
func (v *verdict) holds(conversation string) bool {
	c := v.conversations[conversation]
	at := v.byTicket[c.Desk.Ticket].Holder
	return (c.Holder == lifecycle.Queue || c.Holder == lifecycle.Agent) && (at == "queue" || at == "agent")
}

func has[K comparable, V any](m map[K]V, key K) bool {
	_, ok := m[key]
	return ok
}

// deliveredBefore reports whether 8x8 had delivered the one word before it first sent
// the other: only such have an order.
func deliveredBefore(events map[string]*told, one, other string) bool {
	a, b := events[one], events[other]
	return a != nil && b != nil && !a.acked.IsZero() && a.acked.Before(b.sent)
}

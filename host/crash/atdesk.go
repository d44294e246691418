package main

import (
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// guest looks at a customer on a line of 8x8's own: what 8x8 was told by them is
// in the journal once, and what the bot said stands at 8x8 once, in order.
func (v *verdict) guest(g *guest) {
	if g.ticket == "" {
		return
	}
	conversation := "8x8~acme~" + g.ticket
	t := v.byTicket[g.ticket]
	var numbers, texts, want, got []string
	at := v.places(conversation)
	for _, p := range g.said {
		numbers = append(numbers, p.number)
		if at[p.number] == 0 {
			v.wrong(lost, conversation, p.number, "was said at 8x8, and is not in the journal")
		}
	}
	v.messages += len(numbers)
	for _, e := range v.journals[conversation] {
		if e.Author == bot.AuthorBot && e.To.Has(lifecycle.ToDesk) {
			want = append(want, said(e)...)
		}
	}
	for _, m := range t.Messages {
		if m.AuthorType == "user" {
			continue
		}
		texts = append(texts, m.Text)
		if m.AuthorType == "bot" {
			got = append(got, wordsIn(m.Text)...)
		} else {
			v.messages++
		}
	}
	v.once(conversation, "at "+g.name, got)
	v.inOrder(conversation, "at "+g.name, got, want)
	for _, word := range want {
		if !slices.Contains(got, word) {
			v.wrong(lost, conversation, word, "was said by the bot, and did not reach %s", g.name)
		}
	}
	events := v.relay.of(g.ticket)
	v.apart(g.name, conversation, texts)
	v.ofTurns(conversation, at)
	v.reached(conversation, numbers)
	v.inBots(conversation, numbers, func(before, after string) bool { return deliveredBefore(events, before, after) })
	v.notStranded(conversation, numbers, texts)
	for _, s := range v.spoken { // the customer has it from 8x8; the journal has it from its events
		if s.ticket == g.ticket && at[s.word] == 0 {
			v.wrong(lost, conversation, s.word, "was said in ticket %s, and is not in the journal", s.ticket)
		}
	}
}

// once: no word is there twice.
func (v *verdict) once(conversation, where string, words []string) {
	for i, word := range words {
		if slices.Contains(words[:i], word) {
			v.wrong(twice, conversation, word, "stands twice %s", where)
		}
	}
}

// ticket looks at what the agents of a ticket see: of what we said there each
// word once, in the journal's order, and all that was said before the handoff.
func (v *verdict) ticket(t ticket) {
	marker := t.marker()
	number, conversation, ok := strings.Cut(marker, "/")
	if !ok || v.conversations[conversation].ID == "" {
		if !slices.ContainsFunc(v.guests, func(g *guest) bool { return g.ticket == t.ID }) {
			v.wrong(lost, conversation, "", "ticket %s, marked %q, is nobody's", t.ID, marker)
		}
		return
	}
	where := "in ticket " + t.ID
	var words, agents, order []string
	for _, m := range t.Messages {
		if m.AuthorType == "agent" {
			agents = append(agents, wordsIn(m.Text)...)
		} else {
			words = append(words, wordsIn(m.Text)...)
		}
	}
	v.once(conversation, where, words)
	for _, e := range v.journals[conversation] {
		order = append(order, said(e)...)
	}
	v.inOrder(conversation, where, words, order)
	for _, word := range v.owed(conversation, t.ID, number) {
		if !slices.Contains(words, word) && !slices.Contains(agents, word) {
			v.wrong(lost, conversation, word, "is not %s, whose agents were to see it", where)
		}
	}
	for _, other := range v.tickets {
		if other.ID < t.ID && other.marker() == marker && len(other.Agents) > 0 && len(t.Agents) > 0 {
			v.wrong(twice, conversation, "", "agents were in tickets %s and %s, of one handoff", other.ID, t.ID)
		}
	}
}

// owed are the words that a ticket's agents were to be shown: what was said up
// to its handoff, and what was for them from then to the next handoff, unless
// the journal says that they were not given it, or a bot was.
func (v *verdict) owed(conversation, id, handoff string) []string {
	entries := v.journals[conversation]
	lost, put := map[int64]bool{}, v.putToBots(conversation)
	for _, e := range entries {
		if e.Of != 0 && (e.Kind == lifecycle.EntryDropped || e.Kind == lifecycle.EntryNoted) {
			lost[e.Of] = true
		}
	}
	if !slices.ContainsFunc(entries, func(e lifecycle.Entry) bool { return e.Kind == lifecycle.EntryOpened && e.Ticket == id }) {
		return nil // it was left at once
	}
	var words []string
	for _, e := range entries {
		if e.Kind != lifecycle.EntryHandoff || numberOf(e) != handoff {
			continue
		}
		for _, other := range entries {
			if other.Kind == lifecycle.EntryHandoff && other.Number > e.Number {
				break
			}
			for _, word := range said(other) {
				if other.Number < e.Number || other.To.Has(lifecycle.ToDesk) && !lost[other.Number] && !put[word] {
					words = append(words, word)
				}
			}
		}
	}
	return words
}

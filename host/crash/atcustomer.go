package main

import (
	"slices"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// customer looks at what somebody on our own line has said and was shown.
func (v *verdict) customer(c *customer) {
	conversation := c.conversation
	var numbers, texts []string
	count := map[string]int{} // of words shown
	var own, shown []string
	ids := map[string]string{} // the texts of what was shown
	last := ""
	for _, a := range c.seen {
		switch {
		case has(ids, a.ID):
			v.wrong(twice, conversation, a.Text, "%s was shown activity %s twice", c.name, a.ID)
		case a.ID < last:
			v.wrong(disorder, conversation, a.Text, "%s was shown activity %s after %s", c.name, a.ID, last)
		}
		ids[a.ID], last = a.Text, a.ID
		for _, word := range wordsIn(a.Text) {
			count[word]++
			shown = append(shown, word)
			if whose(word) == c.name {
				own = append(own, word)
			}
		}
		texts = append(texts, a.Text)
	}
	for _, a := range v.anew[c.name] {
		if !has(ids, a.ID) {
			v.wrong(lost, conversation, a.Text, "%s was not shown activity %s, which is there to be read", c.name, a.ID)
		}
	}
	for _, a := range v.left[c.name] {
		if c.stayed && a.Timestamp.Before(v.at.Add(-soon)) {
			v.wrong(lost, conversation, a.Text, "%s was reading, and not shown activity %s before the end", c.name, a.ID)
		}
	}
	for _, p := range c.posts {
		numbers = append(numbers, p.number)
		switch n := count[p.number]; {
		case p.acked.IsZero():
			v.wrong(lost, conversation, p.number, "was never acknowledged: %v", p.last)
		case n == 0:
			v.wrong(lost, conversation, p.number, "was acknowledged, and %s is not shown it", c.name)
		case n > 1:
			v.wrong(twice, conversation, p.number, "is shown to %s %d times", c.name, n)
		case !slices.Contains(wordsIn(ids[p.shown.ID]), p.number):
			v.wrong(lost, conversation, p.number, "was acknowledged as activity %s, which %s is not shown", p.shown.ID, c.name)
		}
	}
	v.messages += len(numbers)
	at := v.places(conversation)
	v.apart(c.name, conversation, texts)
	v.ofTurns(conversation, at)
	v.inOrder(conversation, "at "+c.name, own, numbers)
	v.agentsWords(c, at, count, shown)
	v.reached(conversation, numbers)
	v.inBots(conversation, numbers, func(before, after string) bool { return true })
	v.notStranded(conversation, numbers, texts)
}

// inOrder: some words are in the order of others. Those who are not among them
// do not count.
func (v *verdict) inOrder(conversation, where string, got, want []string) {
	place := map[string]int{}
	for i, word := range want {
		place[word] = i + 1
	}
	last, lastWord := 0, ""
	for _, word := range got {
		switch at := place[word]; {
		case at == 0:
		case at < last:
			v.wrong(disorder, conversation, word, "comes after %s %s", lastWord, where)
		default:
			last, lastWord = at, word
		}
	}
}

// agentsWords: each word that agents said to a customer on our own line was
// shown once, in the order in which 8x8 has delivered them.
func (v *verdict) agentsWords(c *customer, at map[string]int64, count map[string]int, shown []string) {
	for _, t := range v.tickets {
		if !strings.HasSuffix(t.marker(), "/"+c.conversation) {
			continue
		}
		var words []string
		for _, s := range v.spoken {
			if s.ticket == t.ID {
				words = append(words, s.word)
			}
		}
		v.messages += len(words)
		for _, word := range words {
			switch n := count[word]; {
			case n == 0:
				v.wrong(lost, c.conversation, word, "was said in ticket %s, and %s is not shown it (journal: %d)", t.ID, c.name, at[word])
			case n > 1:
				v.wrong(twice, c.conversation, word, "is shown to %s %d times", c.name, n)
			}
		}
		events := v.relay.of(t.ID)
		for i, word := range words {
			for _, later := range words[i+1:] {
				first, second := slices.Index(shown, word), slices.Index(shown, later)
				if first >= 0 && second >= 0 && (second < first && deliveredBefore(events, word, later) || first < second && deliveredBefore(events, later, word)) {
					v.wrong(disorder, c.conversation, later, "and %s are shown to %s in another order than 8x8 delivered them", word, c.name)
				}
			}
		}
	}
}

// notStranded: each message has an answer in what was said to the customer, or
// somebody has it.
func (v *verdict) notStranded(conversation string, numbers, texts []string) {
	has, held := answered(texts), v.holds(conversation)
	for _, n := range numbers {
		if !has[n] && !held {
			c := v.conversations[conversation]
			v.wrong(stranded, conversation, n, "has no answer, and %s holds the conversation (%s), ticket %s is held by %q",
				c.Holder, c.Reason, c.Desk.Ticket, v.byTicket[c.Desk.Ticket].Holder)
		}
	}
	if c := v.conversations[conversation]; len(c.Turns) > 0 && c.Holder == lifecycle.Bot && c.Turns[0].Ready {
		v.wrong(stranded, conversation, "", "turns are left: %+v", c.Turns)
	}
}

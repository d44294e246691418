package main

import (
	"slices"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// reached: what was acknowledged was put to a bot, or told to one, or stands in
// a ticket.
func (v *verdict) reached(conversation string, numbers []string) {
	who := v.putToBots(conversation)
	for _, t := range v.tickets {
		for _, m := range t.Messages {
			for _, n := range numbersIn(m.Text) {
				who[n] = true
			}
		}
	}
	for _, n := range numbers {
		if !who[n] {
			v.wrong(lost, conversation, n, "has reached neither a bot nor an agent")
		}
	}
}

// putToBots are the numbers that bots have been given, or told of.
func (v *verdict) putToBots(conversation string) map[string]bool {
	all := map[string]bool{}
	for _, p := range v.puts {
		if p.Conversation == conversation {
			for _, n := range slices.Concat(p.Numbers, p.Told) {
				all[n] = true
			}
		}
	}
	return all
}

// ofTurns: all that a bot said in a turn that has ended well is in the journal,
// in its order.
func (v *verdict) ofTurns(conversation string, at map[string]int64) {
	for _, e := range v.journals[conversation] {
		i := slices.IndexFunc(v.puts, func(p put) bool { return e.Kind == lifecycle.EntryDone && p.Turn == string(e.Turn) })
		if i < 0 {
			continue
		}
		last := int64(0)
		for n := range v.puts[i].Says {
			word := v.puts[i].word(n)
			switch {
			case at[word] == 0:
				v.wrong(lost, conversation, word, "was said in a turn that has ended, and is not in the journal")
			case at[word] < last:
				v.wrong(disorder, conversation, word, "was said after what it stands before")
			}
			last = at[word]
		}
	}
}

// inBots: no message was put in two turns, and they came in order; ordered says
// of which two that can be asked.
func (v *verdict) inBots(conversation string, numbers []string, ordered func(before, after string) bool) {
	turns := map[string]put{}
	var order []string
	for _, p := range v.puts {
		if p.Conversation != conversation {
			continue
		}
		for _, n := range p.Numbers {
			switch before, was := turns[n]; {
			case !was:
				order = append(order, n)
			case before.Turn != p.Turn:
				v.wrong(twice, conversation, n, "was put to the bot in turns %s and %s", before.Turn, p.Turn)
			}
			turns[n] = p
		}
	}
	place := map[string]int{}
	for i, n := range numbers {
		place[n] = i
	}
	for i, n := range order {
		for _, later := range order[i+1:] {
			if place[later] < place[n] && ordered(later, n) {
				v.wrong(disorder, conversation, later, "was put to the bot after %s", n)
			}
		}
	}
}

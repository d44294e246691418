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
			case before.Turn == p.Turn:
			case v.void(before, p):
				v.voided++
			default:
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

// void reports whether a turn has come to nothing before a later one about the
// same message: it was durable that the bot holds the conversation, then 8x8 took
// it, and nothing that the bot did in that turn counts.
func (v *verdict) void(turn, later put) bool {
	held, taken := false, false
	for _, e := range v.journals[turn.Conversation] {
		switch {
		case string(e.Turn) == turn.Turn && e.Kind != lifecycle.EntryStale:
			return false
		case !e.At.After(turn.At):
			held = e.Holder == lifecycle.Bot
		case e.At.Before(later.At):
			taken = taken || e.Holder == lifecycle.Queue || e.Holder == lifecycle.Agent
		}
	}
	return held && taken
}

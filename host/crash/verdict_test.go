package main

import (
	"slices"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// well is a conversation in which nothing has gone wrong: two messages and their
// answers, a handoff, an agent's word, and one more message.
func well() *verdict {
	v := &verdict{found: map[kind][]finding{}, evidence: &evidence{
		relay: &relay{}, byTicket: map[string]ticket{}, at: time.Now(),
		left: map[string][]activity{}, anew: map[string][]activity{},
		journals:      map[string][]lifecycle.Entry{},
		conversations: map[string]lifecycle.Conversation{"K": {ID: "K", Holder: lifecycle.Bot}},
		puts: []put{
			{Conversation: "K", Turn: "T1", Numbers: []string{"c1-1"}, Says: 1}, {Conversation: "K", Turn: "T2", Numbers: []string{"c1-2"}, Says: 1},
		},
		spoken: []spoken{{"X", "a:ada.1"}},
	}}
	c := &customer{name: "c1", conversation: "K", stayed: true}
	x := ticket{ID: "X", Agents: []struct{ ID string }{{"ada"}}}
	x.User.AdditionalProperties = append(x.User.AdditionalProperties, struct{ Key, Value string }{"patchbayTicket", "5/K"})
	for i, said := range []struct {
		author bot.Author
		text   string
	}{
		{bot.AuthorCustomer, "c1-1"}, {bot.AuthorBot, "b:T1.1 for c1/1"}, {bot.AuthorCustomer, "c1-2"}, {bot.AuthorBot, "b:T2.1 for c1/2"},
		{}, {}, {bot.AuthorCustomer, "c1-3"}, {bot.AuthorAgent, "a:ada.1 for c1/3"},
	} {
		e := lifecycle.Entry{Number: int64(i) + 1, Kind: lifecycle.EntrySaid, Author: said.author, Message: &bot.Message{Text: said.text}}
		switch i {
		case 4:
			e = lifecycle.Entry{Number: 5, Kind: lifecycle.EntryHandoff}
			v.journals["K"] = append(v.journals["K"], lifecycle.Entry{Number: 5, Kind: lifecycle.EntryDone, Turn: "T2"})
		case 5:
			e = lifecycle.Entry{Number: 6, Kind: lifecycle.EntryOpened, Ticket: "X"}
		case 6:
			e.To = lifecycle.ToDesk
		}
		v.journals["K"] = append(v.journals["K"], e)
		if said.text == "" {
			continue
		}
		c.seen = append(c.seen, activity{ID: string(rune('A' + i)), Text: said.text})
		at := map[bot.Author]string{bot.AuthorCustomer: "user"}[said.author]
		x.Messages = append(x.Messages, message{AuthorType: at, Text: said.text})
		if said.author == bot.AuthorCustomer {
			c.posts = append(c.posts, &post{number: said.text, acked: time.Now(), shown: struct{ ID string }{string(rune('A' + i))}})
		}
	}
	x.Messages[5].AuthorType = "agent"
	v.anew["c1"] = slices.Clone(c.seen)
	v.customers, v.tickets = []*customer{c}, []ticket{x}
	return v
}

// TestVerdict spoils one thing after the other, which must be found.
func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		want  kind
		spoil func(*verdict)
	}{
		"nothing":                       {"", func(*verdict) {}},
		"a message is not shown":        {lost, func(v *verdict) { v.customers[0].seen = slices.Delete(v.customers[0].seen, 2, 3) }},
		"an agent's word is not":        {lost, func(v *verdict) { v.customers[0].seen[5].Text = "for c1/3" }},
		"one who reads is not shown it": {lost, func(v *verdict) { v.left["c1"] = v.customers[0].seen[5:] }},
		"one has another id":            {lost, func(v *verdict) { v.customers[0].posts[0].shown.ID = "B" }},
		"a bot's word is not there":     {lost, func(v *verdict) { v.puts[1].Says = 2 }},
		"a ticket is nobody's":          {lost, func(v *verdict) { v.tickets[0].User.AdditionalProperties = nil }},
		"one is not acknowledged":       {lost, func(v *verdict) { v.customers[0].posts[0].acked = time.Time{} }},
		"agents do not see one":         {lost, func(v *verdict) { v.tickets[0].Messages = slices.Delete(v.tickets[0].Messages, 4, 5) }},
		"nor its history":               {lost, func(v *verdict) { v.tickets[0].Messages = slices.Delete(v.tickets[0].Messages, 1, 2) }},
		"one is shown twice":            {twice, func(v *verdict) { v.customers[0].seen[2].Text = "c1-1" }},
		"agents see one twice":          {twice, func(v *verdict) { v.tickets[0].Messages[4].Text = "c1-1" }},
		"a bot has one twice":           {twice, func(v *verdict) { v.puts[1].Numbers = []string{"c1-1", "c1-2"} }},
		"the journal has one twice":     {twice, func(v *verdict) { v.journals["K"][3].Message.Text = "b:T1.1" }},
		"another's is shown":            {twice, func(v *verdict) { v.customers[0].seen[1].Text += " c2-1" }},
		"another's is answered":         {twice, func(v *verdict) { v.puts[0].Told = []string{"c2-1"} }},
		"agents see another's":          {twice, func(v *verdict) { v.tickets[0].Messages[1].Text += " c2/1" }},
		"customers see another order":   {disorder, func(v *verdict) { v.customers[0].seen[0].ID = "E" }},
		"bots do":                       {disorder, func(v *verdict) { slices.Reverse(v.puts) }},
		"a bot's words do": {disorder, func(v *verdict) {
			v.puts[1].Says, v.journals["K"][0].Message.Text = 2, "c1-1 b:T2.2"
		}},
		"agents do":         {disorder, func(v *verdict) { slices.Reverse(v.tickets[0].Messages[:4]) }},
		"one has no answer": {stranded, func(v *verdict) { v.customers[0].seen[3].Text = "b:T2.1" }},
		"nobody at 8x8 has it": {stranded, func(v *verdict) {
			v.customers[0].seen[3].Text, v.conversations["K"] = "b:T2.1", lifecycle.Conversation{Holder: lifecycle.Queue}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			v := well()
			test.spoil(v)
			v.customer(v.customers[0])
			v.ticket(v.tickets[0])
			if test.want == "" && len(v.found) > 0 || test.want != "" && len(v.found[test.want]) == 0 {
				t.Errorf("found %v", v.found)
			}
		})
	}
}

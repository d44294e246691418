package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// put is a line of the bots' log: a turn as a bot got it.
type put struct {
	Conversation string   `json:"conversation"`
	Turn         string   `json:"turn"`
	Attempt      int      `json:"attempt"`
	What         string   `json:"what"`
	Numbers      []string `json:"numbers,omitempty"` // of the messages to be answered
	// Told are the numbers that were said to agents, and not answered by them.
	Told []string `json:"told,omitempty"`
	// Says is how many words the bot says to it.
	Says int       `json:"says"`
	At   time.Time `json:"at"`
}

// answer serves a bot. Each turn is in its log before anything is said to it,
// so the log tells what a bot knew when host or bot were cut off.
func answer(log string) error {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	bot.Serve(bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		p := putOf(t)
		line, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if _, err := file.Write(append(line, '\n')); err != nil {
			return err
		}
		return p.reply(ctx, t, reply)
	}))
	return nil
}

func putOf(t *bot.Turn) put {
	p := put{Conversation: string(t.Conversation), Turn: string(t.ID), Attempt: t.Attempt, What: "messages", At: time.Now()}
	said := t.Messages
	switch {
	case t.AgentSessionEnded != nil:
		p.What, said = "agent session ended", t.AgentSessionEnded.Waiting
		p.Told = unanswered(slices.Concat(t.History, t.AgentSessionEnded.Messages))
	case t.HandoffOutcome != nil:
		p.What = "handoff " + string(t.HandoffOutcome.Result)
		p.Told = unanswered(t.History)
	case len(said) == 0:
		p.What = "other"
	}
	for _, m := range said {
		p.Numbers = append(p.Numbers, numbersIn(m.Text)...)
	}
	p.Told = slices.DeleteFunc(p.Told, func(n string) bool { return slices.Contains(p.Numbers, n) })
	switch {
	case t.CustomerLeft:
	case p.roll()%3 == 0:
		p.Says = 2
	default:
		p.Says = 1
	}
	return p
}

// word is what the bot says in the turn, counted from 0.
func (p put) word(n int) string { return fmt.Sprintf("b:%s.%d", p.Turn, n+1) }

// roll is the turn's luck: the same whenever it is put.
func (p put) roll() uint32 {
	dice := fnv.New32a()
	dice.Write([]byte(p.Turn))
	return dice.Sum32()
}

// unanswered are the numbers that the customer said and nobody referred to.
func unanswered(history []bot.HistoryMessage) []string {
	var said []string
	answered := map[string]bool{}
	for _, m := range history {
		if m.Author != bot.AuthorCustomer {
			for _, n := range answersIn(m.Text) {
				answered[n] = true
			}
			continue
		}
		for _, n := range numbersIn(m.Text) {
			if !slices.Contains(said, n) {
				said = append(said, n)
			}
		}
	}
	return slices.DeleteFunc(said, func(n string) bool { return answered[n] })
}

// reply thinks before each word, answers all there is to answer, and hands off
// or ends if it is asked to. Put again, a turn gets the same answer.
func (p put) reply(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	if t.CustomerLeft {
		return nil
	}
	answers := " " + answersTo(slices.Concat(p.Numbers, p.Told))
	for n := range p.Says {
		select {
		case <-time.After(time.Duration(p.roll()%150) * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := reply.Say(p.word(n) + answers); err != nil {
			return err
		}
		answers = ""
	}
	texts := t.Text()
	if s := t.AgentSessionEnded; s != nil {
		for _, m := range s.Waiting {
			texts += m.Text
		}
	}
	switch {
	case strings.Contains(texts, wantsPerson):
		return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
	case strings.Contains(texts, saysBye):
		return reply.End(bot.End{})
	}
	return nil
}

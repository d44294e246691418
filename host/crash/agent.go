package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// spoken is a word of an agent's.
type spoken struct{ ticket, word string }

// agents are those of the contact centre.
type agents struct {
	centre *client
	// calm: nobody is taken any more.
	calm context.Context

	mu   sync.Mutex
	said []spoken
}

// ticket is what 8x8 shows of one.
type ticket struct {
	ID, Holder, Agent, State string
	User                     struct {
		AdditionalProperties []struct{ Key, Value string }
	}
	Agents   []struct{ ID string }
	Messages []message
}

// message is one in a ticket.
type message struct {
	AuthorType, Text, At string
	History              bool
}

// marker is what ties the ticket to a handoff.
func (t ticket) marker() string {
	for _, p := range t.User.AdditionalProperties {
		if p.Key == "patchbayTicket" {
			return p.Value
		}
	}
	return ""
}

// unanswered are the customer's messages in a ticket that nobody referred to.
func (t ticket) unanswered() []string {
	var open []string
	answered := map[string]bool{}
	for _, m := range t.Messages {
		for _, n := range answersIn(m.Text) {
			answered[n] = true
		}
	}
	for _, m := range t.Messages {
		for _, n := range numbersIn(m.Text) {
			if !answered[n] {
				open = append(open, n)
			}
		}
	}
	return open
}

// work is an agent at work until ctx is done: takes conversations, says a few
// words in each, and passes it on or leaves.
func (a *agents) work(ctx context.Context, id, other string) error {
	left := map[string]int{} // how many words, by ticket
	for words := 0; rest(ctx, 150*time.Millisecond); {
		var now struct{ Handling []string }
		if err := a.centre.call(ctx, "GET", "/agents/"+id, nil, &now); err != nil {
			return ignore(ctx, err)
		}
		if len(now.Handling) < 6 && a.calm.Err() == nil && rand.IntN(2) == 0 {
			_ = a.centre.call(ctx, "POST", "/agents/"+id+"/accept", nil, nil) // there may be nobody
		}
		for _, t := range now.Handling {
			if _, ok := left[t]; !ok {
				left[t] = rand.IntN(5)
			}
			if rand.IntN(3) == 0 {
				continue
			}
			if left[t] > 0 {
				left[t]--
				words++
				a.say(ctx, id, t, words)
				continue
			}
			delete(left, t)
			body, path := map[string]any{"conversationId": t}, "/leave"
			if rand.IntN(4) == 0 {
				path, body["queue"], body["leftFirst"] = "/transfer", other, rand.IntN(2) == 0
			}
			_ = a.centre.call(ctx, "POST", "/agents/"+id+path, body, nil) // it may have ended meanwhile
		}
	}
	return nil
}

// say is the agent's next word, about all that is not answered.
func (a *agents) say(ctx context.Context, id, where string, n int) {
	var t ticket
	if a.centre.call(ctx, "GET", "/conversations/"+where, nil, &t) != nil {
		return
	}
	word := fmt.Sprintf("a:%s.%d", id, n)
	body := map[string]string{"conversationId": where, "text": word + " " + answersTo(t.unanswered())}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.centre.call(context.WithoutCancel(ctx), "POST", "/agents/"+id+"/say", body, nil) == nil {
		a.said = append(a.said, spoken{where, word})
	}
}

// ignore passes an error on, unless it is because ctx is done.
func ignore(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

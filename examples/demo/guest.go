package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// guest plays the conversation of a customer who comes by one of 8x8's own
// channels: a simulated WhatsApp user.
type guest struct {
	stage
	// mark is how many messages the guest had seen when the step began.
	mark int
	view guestView
}

// guestView is what the guest sees.
type guestView struct {
	ConversationID string
	State          string
	Messages       []struct{ Author, AuthorType, Text string }
}

func newGuest(simulator, ops, token string) *guest {
	g := &guest{stage: newStage(simulator, ops, token)}
	g.look = func(ctx context.Context) error {
		return g.simulator.call(ctx, "GET", "/customers/mia", nil, &g.view)
	}
	g.conversation = func() string {
		if g.view.ConversationID == "" {
			return ""
		}
		return "8x8~acme~" + g.view.ConversationID
	}
	return g
}

func (g *guest) run(ctx context.Context) error {
	return g.playAll(ctx, g.steps(), func() { g.mark = len(g.view.Messages) })
}

func (g *guest) steps() []step {
	return []step{
		{"a WhatsApp customer arrives, and the bot greets", g.arrives, g.all(g.sees("What would you like to know?"), g.held("bot"))},
		{"the bot answers a question", g.says("Are you open on weekends?"), g.sees("Monday to Friday")},
		{"the bot answers another", g.says("how long does delivery take"), g.sees("working days")},
		{"the bot hands off by assignment", g.says("I want to talk to a person"), g.all(g.held("queue"), g.queued("101"))},
		{"an agent joins", g.agent("ada", "accept", nil), g.held("agent")},
		{"the agent talks to the customer", g.agent("ada", "say", map[string]string{"text": "Hello Mia, Ada here."}), g.sees("Ada here")},
		{"the customer talks to the agent", g.says("My parcel has not come."), g.all(g.delivered, g.held("agent"), g.once("My parcel has not come."))},
		{"the agent leaves, the bot says goodbye and ends", g.agent("ada", "leave", nil), g.all(g.sees("Thank you"), g.held("nobody"))},
		{"the customer leaves, nothing was said twice", g.leaves, g.all(g.held("nobody"), g.once("Thank you", "Ada here", "Monday to Friday"))},
	}
}

func (g *guest) arrives(ctx context.Context) error {
	body := map[string]string{"id": "mia", "channel": "WhatsApp DE", "name": "Mia", "msisdn": "+49301234567"}
	if err := g.simulator.call(ctx, "POST", "/customers", body, nil); err != nil {
		return err
	}
	return g.look(ctx)
}

func (g *guest) says(text string) func(context.Context) error {
	return func(ctx context.Context) error {
		return g.simulator.call(ctx, "POST", "/customers/mia/say", map[string]string{"text": text}, nil)
	}
}

func (g *guest) leaves(ctx context.Context) error {
	return g.simulator.call(ctx, "POST", "/customers/mia/leave", map[string]string{}, nil)
}

// sees: the guest has been told something since the step began.
func (g *guest) sees(text string) func(context.Context) error {
	return func(context.Context) error {
		for _, m := range g.view.Messages[min(g.mark, len(g.view.Messages)):] {
			if strings.Contains(m.Text, text) {
				return nil
			}
		}
		return fmt.Errorf("the customer has not been told %q", text)
	}
}

// once: each of the texts is in one message alone.
func (g *guest) once(texts ...string) func(context.Context) error {
	return func(context.Context) error {
		for _, text := range texts {
			found := 0
			for _, m := range g.view.Messages {
				if strings.Contains(m.Text, text) {
					found++
				}
			}
			if found != 1 {
				return fmt.Errorf("%q was said %d times", text, found)
			}
		}
		return nil
	}
}

// delivered: all that 8x8 has to tell of the ticket has been taken in.
func (g *guest) delivered(ctx context.Context) error {
	var list struct {
		Events []struct{ EventType, State string }
	}
	if err := g.simulator.call(ctx, "GET", "/events?conversationId="+g.view.ConversationID, nil, &list); err != nil {
		return err
	}
	for _, e := range list.Events {
		if e.State == "pending" {
			return fmt.Errorf("%s has not been taken in", e.EventType)
		}
	}
	return nil
}

// queued: the ticket waits in a queue at 8x8.
func (g *guest) queued(queue string) func(context.Context) error {
	return func(ctx context.Context) error {
		var t ticket
		if err := g.simulator.call(ctx, "GET", "/conversations/"+g.view.ConversationID, nil, &t); err != nil {
			return err
		}
		if t.Holder != "queue" || t.Queue.ID != queue {
			return errors.New("the ticket is not in queue " + queue)
		}
		return nil
	}
}

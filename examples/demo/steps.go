package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ticket is a conversation as the contact centre has it.
type ticket struct {
	ID     string
	Holder string
	Queue  struct{ ID string }
	User   struct {
		Name, UserID         string
		AdditionalProperties []struct{ Key, Value string }
	}
	Agents   []struct{ ID string }
	Messages []struct {
		Author, AuthorType, Text string
		History                  bool
	}
}

// steps are the conversation.
func (d *driver) steps() []step {
	c := d.customer
	return []step{
		{"a customer starts a chat", c.start, d.held("bot")},
		{"the bot greets", nil, d.all(d.told("faq", "What would you like to know?"), d.held("bot"))},
		{"the bot answers a question", d.says("Are you open on weekends?"), d.told("faq", "Monday to Friday")},
		{"the bot answers another", d.says("how long does delivery take"), d.told("faq", "working days")},
		{"the bot hands off to a person", d.says("I want to talk to a person"), d.all(d.held("queue"), d.status("requested"))},
		{"the ticket has the transcript and the user's data", nil, d.opened},
		{"the customer is told of the queue, by a signed webhook", nil, d.statusEver("queued")},
		{"an agent joins and sees the history", d.agent("ada", "accept", nil), d.all(d.held("agent"), d.ticketHas("Are you open on weekends?", "working days"))},
		{"the agent talks to the customer", d.agent("ada", "say", map[string]string{"text": "Hello Kim, Ada here."}), d.told("", "Ada here")},
		{"the customer talks to the agent", d.says("My parcel has not come."), d.ticketHas("My parcel has not come.")},
		{"the agent transfers to another queue", d.agent("ada", "transfer", map[string]string{"queue": "102"}), d.all(d.held("queue"), d.inQueue("102"))},
		{"a second agent joins", d.agent("bob", "accept", nil), d.all(d.held("agent"), d.statusSince("joined"))},
		{"the second agent talks to the customer", d.agent("bob", "say", map[string]string{"text": "Bob here, I have found it."}), d.told("", "Bob here")},
		{"the agent leaves, the bot says goodbye and ends", d.agent("bob", "leave", nil), d.all(d.told("faq", "Thank you"), d.held("nobody"))},
		{"the customer comes back, and is queued where it was last", d.says("One more thing"), d.all(d.held("queue"), d.inQueue("102"), d.ticketHas("Are you open on weekends?", "Bob here", "Thank you", "One more thing"))},
		{"an agent takes the ticket again", d.agent("bob", "accept", nil), d.held("agent")},
		{"the customer leaves, and the agent is free", d.leaves, d.all(d.held("nobody"), d.free("bob"))},
	}
}

// says is the customer saying something; one message, however often it is
// tried.
func (d *driver) says(text string) func(context.Context) error {
	activity := d.customer.says(text)
	return func(ctx context.Context) error { return d.customer.post(ctx, activity) }
}

func (d *driver) leaves(ctx context.Context) error {
	return d.customer.post(ctx, map[string]any{"type": "endOfConversation"})
}

// agent is an agent doing something.
func (s *stage) agent(id, action string, body any) func(context.Context) error {
	if body == nil {
		body = map[string]string{}
	}
	return func(ctx context.Context) error {
		return s.simulator.call(ctx, "POST", "/agents/"+id+"/"+action, body, nil)
	}
}

// all is seen when each part is.
func (s *stage) all(parts ...func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, seen := range parts {
			if err := seen(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

func (s *stage) held(holder string) func(context.Context) error {
	return func(ctx context.Context) error {
		if now := s.holder(ctx); now != holder {
			return fmt.Errorf("held by %s, not by %s", now, holder)
		}
		return nil
	}
}

// told: the customer has been told something since the step began.
func (d *driver) told(by, text string) func(context.Context) error {
	return func(context.Context) error {
		from := d.mark
		if by == "faq" && len(d.customer.seen) < 3 {
			from = 0 // the greeting comes with the start
		}
		if !d.customer.told(from, by, text) {
			return fmt.Errorf("the customer has not been told %q", text)
		}
		return nil
	}
}

func (d *driver) status(status string) func(context.Context) error { return d.statusSince(status) }

// statusSince: the handoff's status was told since the step began.
func (d *driver) statusSince(status string) func(context.Context) error {
	return func(context.Context) error {
		if !d.customer.status(d.mark, status) {
			return fmt.Errorf("the customer has not been told %q", status)
		}
		return nil
	}
}

// statusEver: the handoff's status has been told at some time.
func (d *driver) statusEver(status string) func(context.Context) error {
	return func(context.Context) error {
		if !d.customer.status(0, status) {
			return fmt.Errorf("the customer has not been told %q", status)
		}
		return nil
	}
}

// readTicket reads the customer's ticket from the simulator.
func (d *driver) readTicket(ctx context.Context) error {
	if d.ticket.ID == "" {
		var list struct{ Conversations []ticket }
		if err := d.simulator.call(ctx, "GET", "/conversations", nil, &list); err != nil {
			return err
		}
		for _, t := range list.Conversations {
			if t.User.UserID == d.customer.user {
				d.ticket.ID = t.ID
			}
		}
		if d.ticket.ID == "" {
			return errors.New("the contact centre has no ticket of the customer's")
		}
	}
	id := d.ticket.ID
	d.ticket = ticket{}
	err := d.simulator.call(ctx, "GET", "/conversations/"+id, nil, &d.ticket)
	d.ticket.ID = id
	return err
}

// opened: the ticket has history, user data, reason, summary and properties.
func (d *driver) opened(ctx context.Context) error {
	if err := d.readTicket(ctx); err != nil {
		return err
	}
	if d.ticket.User.Name != d.customer.name {
		return fmt.Errorf("the ticket is of %q", d.ticket.User.Name)
	}
	var said []string
	for _, m := range d.ticket.Messages {
		if m.History {
			said = append(said, m.AuthorType)
		}
	}
	if want := "bot user bot user bot user"; !strings.HasPrefix(strings.Join(said, " "), want) {
		return fmt.Errorf("the history is by %v, not by %s", said, want)
	}
	missing := map[string]bool{"reason": true, "summary": true, "patchbayTicket": true}
	for _, p := range d.ticket.User.AdditionalProperties {
		delete(missing, p.Key)
	}
	if len(missing) > 0 {
		return fmt.Errorf("the ticket lacks %v", missing)
	}
	return nil
}

// ticketHas: all of the texts are in the ticket, each in one message alone.
func (d *driver) ticketHas(texts ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := d.readTicket(ctx); err != nil {
			return err
		}
		for _, text := range texts {
			found := 0
			for _, m := range d.ticket.Messages {
				if strings.Contains(m.Text, text) {
					found++
				}
			}
			if found != 1 {
				return fmt.Errorf("the agent sees %q %d times", text, found)
			}
		}
		return nil
	}
}

func (d *driver) inQueue(queue string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := d.readTicket(ctx); err != nil {
			return err
		}
		if d.ticket.Holder != "queue" || d.ticket.Queue.ID != queue {
			return fmt.Errorf("the ticket is with %s in queue %s", d.ticket.Holder, d.ticket.Queue.ID)
		}
		return nil
	}
}

// free: the agent handles nothing.
func (d *driver) free(id string) func(context.Context) error {
	return func(ctx context.Context) error {
		var agent struct{ Handling []any }
		if err := d.simulator.call(ctx, "GET", "/agents/"+id, nil, &agent); err != nil {
			return err
		}
		if len(agent.Handling) > 0 {
			return fmt.Errorf("%s still handles %d tickets", id, len(agent.Handling))
		}
		return nil
	}
}

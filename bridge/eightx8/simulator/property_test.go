package simulator

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever customers, callers and agents do, and in whichever order: a ticket
// has one holder at most, and everybody agrees who that is.
func TestAnyOrderLeavesALegalState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := propertyCentre()
		for range 100 { // drawn, it would mostly be a few
			name := rapid.SampledFrom(propertySteps()).Draw(t, "step")
			propertyStep(t, c, name)
			if err := c.legal(); err != nil {
				t.Fatalf("after %s: %v", name, err)
			}
		}
	})
}

func propertyCentre() *centre {
	now := time.Unix(1_700_000_000, 0)
	c := &centre{
		now:   func() time.Time { now = now.Add(time.Millisecond); return now },
		emit:  func(*ticket, event) {},
		after: func(time.Duration, func()) {},
		ids:   newIdentifiers(1), log: slog.New(slog.DiscardHandler), byID: make(map[string]*ticket),
	}
	c.stock(Options{
		Channels: []Channel{{ID: "1", Queue: "101", WebhookID: "1"}, {ID: "2", Type: "SMS", Queue: "101", WebhookID: "1"}},
		Webhooks: []Webhook{{ID: "1", URI: "https://hooks.example"}},
		Flows:    []Flow{{ID: "9", Queue: "102"}},
		Agents: []Agent{
			{ID: "ada", Queues: []string{"101", "102"}}, {ID: "bob", Queues: []string{"102"}, Capacity: 1}, {ID: "eve", Queues: []string{"101"}},
		},
	})
	return c
}

func propertySteps() []string {
	return []string{
		"create", "arrive", "user says", "bot says", "customer leaves", "after agent", "assign", "by script",
		"accept", "decline", "invite", "transfer", "left first", "agent leaves",
	}
}

// propertyStep does one thing if it is possible.
func propertyStep(t *rapid.T, c *centre, name string) {
	a := rapid.SampledFrom(c.agents).Draw(t, "agent")
	queueID := rapid.SampledFrom([]string{"101", "102"}).Draw(t, "queue")
	if few := len(c.tickets) < 3; !few && (name == "create" || name == "arrive") {
		return
	}
	switch name {
	case "create":
		c.create("1", queueID, userData{}, nil, 0, "")
		return
	case "arrive":
		c.arrive(c.nextCustomer(), "2", "", userData{})
		return
	case "accept", "decline":
		if one, err := c.pick(a, ""); err == nil && name == "accept" {
			c.join(a, one)
		} else if err == nil {
			c.decline(a, one)
		}
		return
	}
	if len(c.tickets) == 0 {
		return
	}
	one := rapid.SampledFrom(c.tickets).Draw(t, "ticket")
	_, err := c.handled(a, one.id)
	in := err == nil
	switch {
	case name == "user says":
		c.post(one, message{author: authorUser, authorType: authorUser, text: "x"})
	case name == "bot says":
		c.post(one, message{author: authorBot, authorType: authorBot, text: "x", echo: true})
	case name == "customer leaves":
		c.customerLeave(one)
	case name == "after agent":
		one.next = &seat{webhookID: "1"}
	case name == "assign":
		c.assign(one, assignmentRequest{ID: queueID})
	case name == "by script":
		c.assign(one, assignmentRequest{Type: assignedScript, ID: "9"})
	case name == "invite" && one.agentID != "" && !one.has(a.ID) && !a.full():
		c.invite(a, one)
	case name == "transfer" && in && one.handledBy(a) == nil:
		c.transfer(one, queueID, false)
	case name == "left first" && in && one.handledBy(a) == nil:
		c.transfer(one, queueID, true)
	case name == "agent leaves" && in:
		c.agentLeave(one, a.ID)
	}
}

// legal says what is wrong with the state of things.
func (c *centre) legal() error {
	for _, t := range c.tickets {
		holders := 0
		for _, holds := range []bool{t.agentID != "", t.waiting(), t.seat != nil} {
			if holds {
				holders++
			}
		}
		switch {
		case t.waiting() != slices.Contains(c.waiting, t):
			return fmt.Errorf("ticket %s waits and is in no queue, or the reverse", t.id)
		case (t.state == stateActive) != (holders == 1), holders > 1:
			return fmt.Errorf("ticket %s is %s and has %d holders", t.id, t.state, holders)
		case t.open() != (t.state == stateActive):
			return fmt.Errorf("ticket %s is %s and its interaction is open: %v", t.id, t.state, t.open())
		case t.agentID == "" && len(t.guests) > 0:
			return fmt.Errorf("ticket %s has guests alone", t.id)
		case t.state == stateActive && t.userLeft:
			return fmt.Errorf("ticket %s goes on without its user", t.id)
		}
		for _, a := range c.agents {
			stays := 0
			for _, m := range t.agents {
				if m.agentID == a.ID && m.left.IsZero() {
					stays++
				}
			}
			if has := t.has(a.ID); has != slices.Contains(a.handling, t) || has != (stays == 1) {
				return fmt.Errorf("ticket %s and agent %s do not agree", t.id, a.ID)
			}
		}
	}
	return nil
}

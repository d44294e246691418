package bridge_test

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// seedCentre is a contact centre that outlives the host.
type seedCentre struct {
	w       *seedWorld
	mu      sync.Mutex
	tickets []*seedTicket
	spoken  []string // what agents have said
	refused []string // what was refused, for good
	late    []string // the messages in it, and in what was refused and taken later
}

// refuse keeps what the centre would not take.
func (c *seedCentre) refuse(ticket, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = append(c.refused, ticket+": "+text)
	c.late = append(c.late, numbered.FindAllString(text, -1)...)
}

// seedTicket is a ticket. Everything is guarded by the centre's mutex.
type seedTicket struct {
	id     string
	line   bool // brought by the customer
	marker lifecycle.Marker
	// open: an interaction is; they are numbered.
	open        bool
	interaction int
	agent       string // who has it; empty: nobody
	handsBack   bool   // to the bot, after the agent
	said        []seedSaid
	events      int
	opened      time.Time
	newest      time.Time
}

type seedSaid struct {
	at time.Time
	m  bridge.Outgoing
}

// refusedNumbers are the messages that the centre would not take.
func (c *seedCentre) refusedNumbers() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return numbered.FindAllString(strings.Join(c.refused, "\n"), -1)
}

func newSeedCentre(w *seedWorld) *seedCentre { return &seedCentre{w: w} }

func (c *seedCentre) find(id string) *seedTicket {
	for _, ticket := range c.tickets {
		if ticket.id == id {
			return ticket
		}
	}
	return nil
}

// emit tells the host of an event: late, perhaps twice, and out of order, but
// again and again until it is acknowledged. The caller holds the mutex.
func (c *seedCentre) emit(ticket *seedTicket, ev lifecycle.Event) {
	ticket.events++
	now := time.Now()
	if !now.After(ticket.newest) { // no two have the same time
		now = ticket.newest.Add(time.Millisecond)
	}
	ticket.newest = now
	ev.ID = fmt.Sprintf("%s#%d", ticket.id, ticket.events)
	ev.Desk, ev.Ticket, ev.DeskTime, ev.Channel = "acme", ticket.id, now, "web"
	if ticket.line {
		ev.Channel = "line"
	}
	d, w := c.w.dice, c.w
	w.people.Go(func() {
		most := 400 * time.Millisecond
		if d.chance(100, "late", ev.ID) {
			most = 4 * time.Second
		}
		time.Sleep(d.wait(0, most, "delivery", ev.ID))
		w.tell("%s: %s %s %s", ev.Ticket, ev.ID, ev.Kind, ev.Agent.ID)
		w.insist(ev)
		if d.chance(100, "twice", ev.ID) {
			time.Sleep(d.wait(0, time.Minute, "second", ev.ID))
			w.insist(ev)
		}
	})
}

// begin opens an interaction. The caller holds the mutex.
func (c *seedCentre) begin(ticket *seedTicket) {
	ticket.open, ticket.agent = true, ""
	ticket.interaction++
	c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventQueued, Queue: "101"})
	k := ticket.interaction
	c.w.people.Go(func() { c.serve(ticket, k) })
}

func (c *seedCentre) join(ticket *seedTicket, interaction int, agent string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ticket.open || ticket.interaction != interaction || ticket.agent != "" {
		return false
	}
	ticket.agent = agent
	c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventJoined, Agent: bot.Agent{ID: agent}})
	return true
}

func (c *seedCentre) has(ticket *seedTicket, interaction int, agent string) bool {
	return ticket.open && ticket.interaction == interaction && ticket.agent == agent
}

func (c *seedCentre) speak(ticket *seedTicket, interaction int, agent string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.has(ticket, interaction, agent) {
		return false
	}
	text := fmt.Sprintf("%s says %d", ticket.id, len(c.spoken))
	c.spoken = append(c.spoken, text)
	c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventAgentSaid, Agent: bot.Agent{ID: agent}, Message: &bot.Message{Text: text}})
	return true
}

// finish is the agent leaving, or passing the ticket on: the news of both
// arrives in either order.
func (c *seedCentre) finish(ticket *seedTicket, interaction int, agent string, transfer bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.has(ticket, interaction, agent) {
		return
	}
	left := lifecycle.Event{Kind: lifecycle.EventAgentLeft, Agent: bot.Agent{ID: agent}}
	if !transfer {
		ticket.open, ticket.agent = false, ""
		c.emit(ticket, left)
		return
	}
	c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventTransferred})
	c.emit(ticket, left)
	c.begin(ticket)
}

// close ends the interaction from the customer's side. The caller holds the
// mutex.
func (c *seedCentre) close(ticket *seedTicket) {
	if ticket.open && ticket.agent != "" {
		c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventAgentLeft, Agent: bot.Agent{ID: ticket.agent}})
	}
	ticket.open, ticket.agent = false, ""
}

// hear is a customer of the centre's own saying something: to the bot, unless
// the ticket is in a queue or with an agent, or was and is not given back.
func (c *seedCentre) hear(id, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ticket := c.find(id)
	if ticket == nil {
		ticket = &seedTicket{id: id, line: true, handsBack: true}
		c.tickets = append(c.tickets, ticket)
	}
	c.w.tell("%s: says %s", id, text)
	ticket.said = append(ticket.said, seedSaid{time.Now(), bridge.Outgoing{Author: bot.AuthorCustomer, Text: text}})
	c.emit(ticket, lifecycle.Event{Kind: lifecycle.EventSaid, Message: &bot.Message{Text: text}, Customer: &bot.Customer{ID: id}})
	if !ticket.open && !ticket.handsBack {
		c.begin(ticket)
	}
}

package simulator

import (
	"slices"
	"time"
)

// The life of a ticket, after the six points of the 8x8 contract's "The
// lifecycle, as the vendor tells it".

// create opens a ticket in queueID; its first interaction begins after lag.
func (c *centre) create(channelID, queueID string, user userData, history []message, lag time.Duration) *ticket {
	t := &ticket{
		id:        c.ids.opaque(),
		channelID: channelID,
		createdAt: c.now(),
		state:     stateCreated,
		user:      user.copy(),
		queueID:   queueID,
		typing:    make(map[string]time.Time),
	}
	for _, m := range history {
		m.id, m.at, m.history, m.interaction = c.ids.opaque(), t.createdAt, true, 1
		t.messages = append(t.messages, m)
	}
	c.tickets = append(c.tickets, t)
	c.byID[t.id] = t
	c.tellState(t)
	c.settle(lag, func() {
		if t.state == stateCreated {
			c.begin(t)
			c.tellMember(t, authorUser, memberJoined, authorUser)
			c.enqueue(t, t.queueID)
		}
	})
	return t
}

// begin opens an interaction.
func (c *centre) begin(t *ticket) {
	t.state = stateActive
	t.interactions = append(t.interactions, interaction{id: "int-" + c.ids.opaque(), start: c.now()})
	c.tellState(t)
}

// enqueue lets the ticket wait in a queue and offers it to that queue's agents.
func (c *centre) enqueue(t *ticket, queueID string) {
	c.unqueue(t)
	t.queueID, t.waitingSince = queueID, c.now()
	t.declined, t.asked = make(map[string]bool), make(map[string]bool)
	c.waiting = append(c.waiting, t)
	name := queueID
	if q, err := c.queue(queueID); err == nil {
		name = q.Name
	}
	c.tell(t, eventQueued, queuedData{QueueID: queueID, QueueName: name}, queueID)
	c.offer()
}

// unqueue takes the ticket out of the queue it waits in, if it does.
func (c *centre) unqueue(t *ticket) {
	t.waitingSince, t.declined, t.asked = time.Time{}, nil, nil
	if i := slices.Index(c.waiting, t); i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
	}
}

// join makes the agent the one who handles the ticket.
func (c *centre) join(a *agent, t *ticket) {
	c.unqueue(t)
	t.agentID = a.ID
	a.handling = append(a.handling, t)
	t.agents = append(t.agents, membership{agentID: a.ID, joined: c.now()})
	c.tellMember(t, authorAgent, memberJoined, a.ID)
	c.tellState(t)
	c.cue(a, t, cueJoined, "")
}

// part takes the agent out of the ticket, which frees the agent.
func (c *centre) part(t *ticket) {
	if t.agentID == "" {
		return
	}
	id := t.agentID
	t.agentID = ""
	if a, err := c.agent(id); err == nil {
		a.handling = slices.DeleteFunc(a.handling, func(one *ticket) bool { return one == t })
	}
	t.leave(id, c.now())
	c.tellMember(t, authorAgent, memberLeft, id)
}

// end closes the interaction: the ticket is idle until something is said.
func (c *centre) end(t *ticket) {
	c.part(t)
	c.unqueue(t)
	t.state = stateIdle
	if t.open() {
		t.interactions[len(t.interactions)-1].end = c.now()
	}
	c.tellState(t)
	c.offer()
}

// transfer moves the ticket to another queue. 8x8 promises no order between
// TRANSFER and "agent left": leftFirst swaps them.
func (c *centre) transfer(t *ticket, queueID string, leftFirst bool) {
	if leftFirst {
		c.part(t)
	}
	c.tell(t, eventTransfer, nil)
	c.part(t)
	t.queueID = queueID
	c.tellState(t)
	c.enqueue(t, queueID)
}

// customerLeave ends the interaction from the customer's side. Without one it
// changes nothing.
func (c *centre) customerLeave(t *ticket) {
	if t.state == stateIdle {
		return
	}
	t.userLeft = true
	c.tellMember(t, authorUser, memberLeft, authorUser)
	c.end(t)
}

// post stores what the API sent and echoes it. In an idle ticket it opens a
// new interaction in the queue the ticket was last handled in.
func (c *centre) post(t *ticket, authorType, text string) {
	c.store(t, authorType, authorType, text)
	if t.state == stateIdle {
		c.begin(t)
		if t.userLeft {
			t.userLeft = false
			c.tellMember(t, authorUser, memberJoined, authorUser)
		}
		c.enqueue(t, t.queueID)
	}
	if authorType != authorUser || t.agentID == "" {
		return
	}
	if a, err := c.agent(t.agentID); err == nil {
		c.cue(a, t, cueMessage, text)
	}
}

// store appends a message and tells of it.
func (c *centre) store(t *ticket, authorType, author, text string) {
	m := message{id: c.ids.opaque(), author: author, authorType: authorType, text: text, at: c.now()}
	m.interaction = t.currentInteraction()
	t.messages = append(t.messages, m)
	c.tellMessage(t, m)
}

// assign sends a ticket that waits to another queue, and gives an idle one
// another queue to return to. It does nothing once an agent has joined: the
// vendor does not say what would happen.
func (c *centre) assign(t *ticket, queueID string) {
	switch {
	case t.agentID != "", t.queueID == queueID:
		return
	case t.waiting():
		t.queueID = queueID
		c.tellState(t)
		c.enqueue(t, queueID)
	default:
		t.queueID = queueID
		c.tellState(t)
	}
}

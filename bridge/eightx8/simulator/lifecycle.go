package simulator

import (
	"slices"
	"time"
)

// The life of a ticket, after the six points of the 8x8 contract's "The
// lifecycle, as the vendor tells it".

// newTicket is a ticket in which nothing has happened yet.
func (c *centre) newTicket(channelID string, user userData) *ticket {
	t := &ticket{
		id:        c.ids.opaque(),
		channelID: channelID,
		createdAt: c.now(),
		state:     stateCreated,
		user:      user.copy(),
		typing:    make(map[string]time.Time),
		readUntil: make(map[string]time.Time),
	}
	c.tickets = append(c.tickets, t)
	c.byID[t.id] = t
	return t
}

// create opens a ticket in queueID, by a script if one is named; its first
// interaction begins after lag.
func (c *centre) create(channelID, queueID string, user userData, history []message, lag time.Duration, script string) *ticket {
	t := c.newTicket(channelID, user)
	t.queueID, t.scriptID = queueID, script
	for _, m := range history {
		m.at, m.history, m.interaction = t.createdAt, true, 1
		c.identify(&m)
		t.messages = append(t.messages, m)
	}
	c.tellState(t)
	c.settle(lag, func() {
		if t.state == stateCreated {
			c.begin(t)
			c.tellMember(t, authorUser, memberJoined, authorUser)
			c.leadOn(t)
			c.enqueue(t, t.queueID)
		}
	})
	return t
}

// leadOn ends the script, whose queue the ticket goes to.
func (c *centre) leadOn(t *ticket) {
	if t.scriptID != "" {
		t.scriptID = ""
		c.tellState(t)
	}
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

// end closes the interaction: the ticket is idle until something is said.
func (c *centre) end(t *ticket) {
	c.partAll(t)
	c.unqueue(t)
	t.state, t.next, t.scriptID = stateIdle, nil, ""
	if t.open() {
		t.interactions[len(t.interactions)-1].end = c.now()
	}
	c.tellState(t)
	t.seat = nil // only now: its webhook heard of the end
	c.offer()
}

// transfer moves the ticket to another queue. 8x8 promises no order between
// TRANSFER and "agent left": leftFirst swaps them.
func (c *centre) transfer(t *ticket, queueID string, leftFirst bool) {
	if leftFirst {
		c.partAll(t)
	}
	c.tell(t, eventTransfer, nil)
	c.partAll(t)
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

// post stores what was said. In an idle ticket it opens a new interaction.
func (c *centre) post(t *ticket, m message) {
	c.store(t, m)
	if t.state == stateIdle {
		c.reopen(t)
	}
	c.watch(t, m.authorType)
	if m.authorType != authorUser {
		return
	}
	for _, id := range append([]string{t.agentID}, t.guests...) {
		if a, err := c.agent(id); err == nil {
			c.cue(a, t, cueMessage, m.text)
		}
	}
}

// reopen lets the ticket go on, in the queue it was last handled in, or with
// its channel's bot if it never was in one.
func (c *centre) reopen(t *ticket) {
	if t.queueID == "" {
		c.seatBot(t)
	}
	c.begin(t)
	if t.userLeft {
		t.userLeft = false
		c.tellMember(t, authorUser, memberJoined, authorUser)
	}
	if t.seat == nil {
		c.enqueue(t, t.queueID)
	}
}

// store appends a message and tells of it.
func (c *centre) store(t *ticket, m message) {
	m.at, m.interaction = c.now(), t.currentInteraction()
	c.identify(&m)
	t.messages = append(t.messages, m)
	if m.authorType == authorBot && !c.isChatAPI(t) { // its customer sees it so
		delete(t.typing, authorBot)
		t.thinkingUntil = time.Time{}
	}
	c.tellMessage(t, m)
}

// identify gives ids to a message and its cards.
func (c *centre) identify(m *message) {
	m.id = c.ids.opaque()
	for _, one := range m.cards {
		one.id = c.ids.opaque()
	}
}

// assign sends a ticket that waits, or that a bot holds, to a queue, by a
// script if one is named, and gives an idle one another queue to return to. It
// does nothing once an agent has joined: the vendor does not say what would
// happen.
func (c *centre) assign(t *ticket, to assignmentRequest) {
	queueID := to.queue(c)
	held := t.seat != nil
	switch {
	case t.agentID != "", t.queueID == queueID && !held:
		return
	case t.waiting(), held:
		t.seat, t.queueID, t.scriptID = nil, queueID, to.script()
		c.tellState(t)
		c.leadOn(t)
		c.enqueue(t, queueID)
	default:
		t.queueID = queueID
		c.tellState(t)
	}
}

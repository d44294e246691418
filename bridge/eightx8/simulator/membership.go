package simulator

import "slices"

// The coming and going of agents.

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

// invite lets another agent in, besides the one who handles the ticket.
func (c *centre) invite(a *agent, t *ticket) {
	t.guests = append(t.guests, a.ID)
	a.handling = append(a.handling, t)
	t.agents = append(t.agents, membership{agentID: a.ID, joined: c.now()})
	c.tellMember(t, authorAgent, memberJoined, a.ID)
}

// agentLeave takes one agent out. The first guest follows the one who handled
// it; when the last has gone, the ticket goes to who was named for after the
// agent, or is over.
func (c *centre) agentLeave(t *ticket, id string) {
	switch {
	case slices.Contains(t.guests, id):
		c.part(t, id)
	case len(t.guests) > 0:
		c.part(t, id)
		t.agentID, t.guests = t.guests[0], t.guests[1:]
		c.tellState(t)
	case t.next != nil:
		c.handBack(t)
	default:
		c.end(t)
	}
	c.offer()
}

// partAll takes all agents out of the ticket.
func (c *centre) partAll(t *ticket) {
	for len(t.guests) > 0 {
		c.part(t, t.guests[len(t.guests)-1])
	}
	if t.agentID != "" {
		c.part(t, t.agentID)
	}
}

// part takes an agent out of the ticket, which frees the agent.
func (c *centre) part(t *ticket, id string) {
	if t.agentID == id {
		t.agentID = ""
	}
	t.guests = slices.DeleteFunc(t.guests, func(one string) bool { return one == id })
	if a, err := c.agent(id); err == nil {
		a.handling = slices.DeleteFunc(a.handling, func(one *ticket) bool { return one == t })
	}
	t.leave(id, c.now())
	c.tellMember(t, authorAgent, memberLeft, id)
}

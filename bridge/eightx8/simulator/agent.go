package simulator

import (
	"slices"
	"time"
)

// agent is one at work: who it is and what it may take.
type agent struct {
	Agent
	handling []*ticket // oldest first
}

// names are the queues that an agent names: those served, and those that the
// script transfers to.
func (a Agent) names() []string {
	queues := slices.Clone(a.Queues)
	for _, step := range a.Script {
		if step.Do == doTransfer {
			queues = append(queues, step.Queue)
		}
	}
	return queues
}

// addAgent adds an agent, or replaces the one with that id.
func (c *centre) addAgent(a Agent) *agent {
	if a.Name == "" {
		a.Name = a.ID
	}
	known, err := c.agent(a.ID)
	if err != nil {
		known = &agent{}
		c.agents = append(c.agents, known)
	}
	known.Agent = a
	c.offer()
	return known
}

// mayTake tells whether the ticket waits for someone like the agent, who has
// not declined it.
func (a *agent) mayTake(t *ticket) bool {
	return t.waiting() && !a.Away && !t.declined[a.ID] && a.fits(t) && !a.full()
}

// fits tells whether the agent serves the ticket's queue and language.
func (a *agent) fits(t *ticket) bool {
	return slices.Contains(a.Queues, t.queueID) &&
		(len(a.Languages) == 0 || slices.Contains(a.Languages, t.user.language()))
}

func (a *agent) full() bool {
	return a.Capacity > 0 && len(a.handling) >= a.Capacity
}

// longestWaiting is the ticket the agent should take next; nil if there is none.
func (c *centre) longestWaiting(a *agent) *ticket {
	for _, t := range c.waiting {
		if a.mayTake(t) {
			return t
		}
	}
	return nil
}

// pick is the ticket with that id if it is waiting for the agent, and the one
// that has waited longest if id is empty.
func (c *centre) pick(a *agent, id string) (*ticket, error) {
	if id == "" {
		if t := c.longestWaiting(a); t != nil {
			return t, nil
		}
		return nil, clash("nothing_waiting", "No conversation is waiting for agent %s.", a.ID)
	}
	t, err := c.ticket(id)
	if err != nil {
		return nil, err
	}
	if !a.mayTake(t) {
		return nil, clash("not_offered", "Conversation %s is not waiting for agent %s.", id, a.ID)
	}
	return t, nil
}

// handled is the ticket with that id if the agent is in it, and the only one
// the agent is in if id is empty.
func (c *centre) handled(a *agent, id string) (*ticket, error) {
	if id == "" {
		if len(a.handling) == 1 {
			return a.handling[0], nil
		}
		return nil, clash("which_conversation", "Agent %s is not in exactly one conversation: say which.", a.ID)
	}
	t, err := c.ticket(id)
	if err != nil {
		return nil, err
	}
	if !t.has(a.ID) {
		return nil, clash("not_in_conversation", "Agent %s is not in conversation %s.", a.ID, id)
	}
	return t, nil
}

// handledBy refuses what a guest may not do.
func (t *ticket) handledBy(a *agent) error {
	if t.agentID != a.ID {
		return clash("only_a_guest", "Agent %s was invited to conversation %s and can't transfer it.", a.ID, t.id)
	}
	return nil
}

// The actions of an agent; whether they are possible is checked by pick and
// handled.

func (c *centre) decline(a *agent, t *ticket) { t.declined[a.ID] = true }

func (c *centre) say(a *agent, t *ticket, text string) {
	c.store(t, message{authorType: authorAgent, author: a.ID, text: text})
}

func (c *centre) agentTyping(a *agent, t *ticket, stopped bool) {
	if stopped {
		c.tellTyping(t)
		return
	}
	c.tellTyping(t, member{ID: a.ID, Type: authorAgent})
}

// indicate notes that the customer or the bot types, for the agent to see.
func (c *centre) indicate(t *ticket, authorType string) { t.typing[authorType] = c.now() }

// offer asks the agents with a script about the tickets that wait, each once
// for every time a ticket is queued.
func (c *centre) offer() {
	for _, t := range slices.Clone(c.waiting) {
		for _, a := range c.agents {
			if len(a.Script) > 0 && !t.asked[a.ID] && a.mayTake(t) {
				t.asked[a.ID] = true
				c.cue(a, t, cueOffered, "")
			}
		}
	}
}

// sameStay tells whether nothing has changed hands since the ticket had that
// many interactions and stays.
func (t *ticket) sameStay(interactions, stays int, since time.Time) bool {
	return len(t.interactions) == interactions && len(t.agents) == stays && t.waitingSince.Equal(since)
}

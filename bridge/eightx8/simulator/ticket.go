package simulator

import (
	"slices"
	"time"
)

// The states of a ticket, as 8x8 calls them.
const (
	stateCreated = "created"
	stateActive  = "active"
	stateIdle    = "idle"
)

// The kinds of author and participant.
const (
	authorUser  = "user"
	authorBot   = "bot"
	authorAgent = "agent"
)

// The kinds of assignment.
const (
	assignedQueue  = "queue"
	assignedAgent  = "agent"
	assignedScript = "script"
)

// ticket is what 8x8 calls a conversation, and so do the paths of both APIs.
// It lasts for ever; interactions come and go.
type ticket struct {
	id        string
	channelID string
	createdAt time.Time
	state     string
	user      userData

	queueID      string    // where it waits, or was last handled
	agentID      string    // who handles it now; empty if nobody
	guests       []string  // agents who are in it besides
	scriptID     string    // the script that leads it to a queue, while it does
	seat         *seat     // the webhook whose bot holds it; nil if none does
	next         *seat     // who gets it after the agent; nil if nobody
	waitingSince time.Time // zero unless it waits in queueID

	messages     []message
	interactions []interaction
	agents       []membership // everyone who ever joined, in order
	attachments  []*attachment
	userLeft     bool
	msisdn       string

	typing        map[string]time.Time // author type → when last told
	readUntil     map[string]time.Time // author type → until when all is read
	thinkingUntil time.Time            // of the bot

	declined map[string]bool // agents who will not have it, while it waits
	asked    map[string]bool // agents whose script was asked, while it waits
}

// interaction is the time from queueing to the end of the handling.
type interaction struct {
	id         string
	start, end time.Time
}

// message is one thing said. history marks what came with the create.
type message struct {
	id         string
	author     string
	authorType string
	text       string
	at         time.Time
	history    bool
	echo       bool // it came by the API

	attachments []*attachment
	cards       []*card
	external    *externalProvider

	interaction int // during which it was said, counted from 1
}

// membership is one stay of an agent; left is zero while it lasts.
type membership struct {
	agentID      string
	joined, left time.Time
}

// assignment says who has a ticket, or should have it.
type assignment struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	ResourceID string `json:"resourceId,omitempty"` // the webhook whose bot it is
}

func (t *ticket) waiting() bool { return !t.waitingSince.IsZero() }

// open tells whether an interaction is going on.
func (t *ticket) open() bool {
	n := len(t.interactions)
	return n > 0 && t.interactions[n-1].end.IsZero()
}

// currentInteraction is the number of the interaction to which what is said
// now belongs: the one that goes on, or the one that it opens.
func (t *ticket) currentInteraction() int {
	if t.open() {
		return len(t.interactions)
	}
	return len(t.interactions) + 1
}

// interactionID is the id of the interaction of that number; empty if it has
// not begun.
func (t *ticket) interactionID(number int) string {
	if number > len(t.interactions) {
		return ""
	}
	return t.interactions[number-1].id
}

func (t *ticket) assignment() assignment {
	switch {
	case t.agentID != "":
		return assignment{Type: assignedAgent, ID: t.agentID}
	case t.scriptID != "":
		return assignment{Type: assignedScript, ID: t.scriptID}
	case t.seat != nil, t.queueID == "":
		return t.assignedBot()
	}
	return assignment{Type: assignedQueue, ID: t.queueID}
}

// has tells whether the agent is in the ticket, as its owner or as a guest.
func (t *ticket) has(agentID string) bool {
	return t.agentID == agentID || slices.Contains(t.guests, agentID)
}

// botSpoke tells whether the bot is a participant.
func (t *ticket) botSpoke() bool {
	return slices.ContainsFunc(t.messages, func(m message) bool { return m.authorType == authorBot })
}

// leave closes the agent's stay.
func (t *ticket) leave(agentID string, at time.Time) {
	for i := range t.agents {
		if t.agents[i].agentID == agentID && t.agents[i].left.IsZero() {
			t.agents[i].left = at
		}
	}
}

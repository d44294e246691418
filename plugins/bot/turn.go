package bot

import (
	"cmp"
	"strings"
	"time"
)

// Turn is one thing put to the bot. Exactly one of the fields from Started to
// TimerDue is set, unless the host is newer than this SDK: a bot leaves a turn
// that it does not know unanswered and returns nil.
type Turn struct {
	ID TurnID
	// Attempt is 1, or higher when the turn is put again after a failure.
	Attempt int
	// Epoch counts the changes of holder in this conversation.
	Epoch        int64
	Conversation ConversationID
	// Channel is the channel's name in the configuration.
	Channel  string
	Customer Customer
	// Language is a BCP 47 tag; empty: unknown.
	Language string

	// Started: the conversation has begun and the bot may greet.
	Started bool
	// Messages: what the customer said, oldest first: one, or several that
	// arrived while the bot was busy.
	Messages []Message
	// Returned marks Messages of a customer whose conversation had ended.
	Returned bool
	// Action: the customer pressed something.
	Action *Action
	// AgentSessionEnded: the agents are done, the bot holds the conversation.
	AgentSessionEnded *AgentSession
	// HandoffOutcome: a handoff led to no agent, the bot holds the
	// conversation.
	HandoffOutcome *HandoffOutcome
	// CustomerLeft: the customer has left; the bot cannot answer.
	CustomerLeft bool
	// TimerDue names a timer of the bot's that is due.
	TimerDue string

	// Deliveries: what became of earlier messages that did not go out as
	// they were said.
	Deliveries []Delivery
	// History: what was said before, oldest first, bounded by the host.
	History []HistoryMessage
	// State as the bot's last turn left it; nil: none yet.
	State []byte
	// StateSchema numbers the layout that State was written in.
	StateSchema uint32
	// Deadline is when the turn must have ended; ctx carries it too.
	Deadline time.Time
	// DryRun: a rehearsal, the bot must change nothing outside.
	DryRun bool
	// Line is what the customer's line can show.
	Line LineCapabilities
	// TraceParent is the W3C trace context; empty: none.
	TraceParent string
}

// Text is what the customer said in this turn, several messages joined by
// line breaks; for something pressed its value, or else its title. Empty if
// the turn is about something else.
func (t *Turn) Text() string {
	if t.Action != nil {
		return cmp.Or(t.Action.Value, t.Action.Title)
	}
	texts := make([]string, 0, len(t.Messages))
	for _, m := range t.Messages {
		if m.Text != "" {
			texts = append(texts, m.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// Customer is who the bot talks to.
type Customer struct {
	// ID on the channel, at most 256 bytes, opaque.
	ID string `json:"id,omitempty"`
	// Name to show; empty: unknown.
	Name string `json:"name,omitempty"`
	// Verified: someone other than the customer vouches for the id.
	Verified bool   `json:"verified,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	// Properties are further data by name.
	Properties map[string]string `json:"properties,omitempty"`
}

// LineCapabilities is what a customer's line can show.
type LineCapabilities struct {
	// Cards are the media types shown as cards.
	Cards        []string `json:"cards,omitempty"`
	QuickReplies bool     `json:"quick_replies,omitempty"`
	Attachments  bool     `json:"attachments,omitempty"`
	Typing       bool     `json:"typing,omitempty"`
}

// AgentSession is the record of one stretch with the human side, from handoff
// to handback.
type AgentSession struct {
	HandedOffAt time.Time `json:"handed_off_at"`
	// JoinedAt is when the first agent joined; zero: none did.
	JoinedAt time.Time `json:"joined_at,omitzero"`
	EndedAt  time.Time `json:"ended_at,omitzero"`
	// Reason that the handoff gave.
	Reason string `json:"reason,omitempty"`
	// Agents who took part, in the order of joining.
	Agents []Agent `json:"agents,omitempty"`
	// Queues that the conversation waited in, in order.
	Queues []string `json:"queues,omitempty"`
	// Messages: what was said meanwhile, oldest first, bounded like the
	// history.
	Messages []HistoryMessage `json:"messages,omitempty"`
	End      AgentSessionEnd  `json:"end,omitempty"`
	// Waiting: what the customer said after the last agent had left and
	// nobody has answered.
	Waiting []Message `json:"waiting,omitempty"`
}

// Agent is a person on the desk's side.
type Agent struct {
	ID string `json:"id"`
	// Name; empty: the desk does not tell.
	Name string `json:"name,omitempty"`
}

// AgentSessionEnd says why an agent session ended.
type AgentSessionEnd string

// The ends of an agent session.
const (
	EndAgentLeft    AgentSessionEnd = "agent_left"
	EndCustomerLeft AgentSessionEnd = "customer_left"
	EndClosed       AgentSessionEnd = "closed" // the desk no longer has it
)

// HandoffOutcome is a handoff that led to no agent.
type HandoffOutcome struct {
	Result HandoffResult `json:"result"`
	// Reason, in one line for people.
	Reason string `json:"reason,omitempty"`
	// Target that the handoff named.
	Target string `json:"target,omitempty"`
}

// HandoffResult is what became of a handoff.
type HandoffResult string

// The results of a handoff that led to no agent.
const (
	HandoffRefused   HandoffResult = "refused"   // closed, unknown target, or the desk said no
	HandoffFailed    HandoffResult = "failed"    // not reached, or no agent came, in time
	HandoffCancelled HandoffResult = "cancelled" // by the customer
	// HandoffWithdrawn: the host had handed off because the bot had failed,
	// and the bot is back before an agent came. What the customer said
	// meanwhile, and what the bot failed at, follows as a turn of its own.
	HandoffWithdrawn HandoffResult = "withdrawn"
)

// Delivery is what became of a message that did not go out as it was said.
type Delivery struct {
	Turn TurnID `json:"turn"`
	// Seq numbers the event within the turn.
	Seq    int            `json:"seq"`
	Result DeliveryResult `json:"result"`
	// Detail, in one line for people.
	Detail string `json:"detail,omitempty"`
}

// DeliveryResult is what became of a message.
type DeliveryResult string

// The results of a delivery.
const (
	DeliveryDegraded      DeliveryResult = "degraded"
	DeliveryRefused       DeliveryResult = "refused"
	DeliveryUndeliverable DeliveryResult = "undeliverable"
)

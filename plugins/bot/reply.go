package bot

import (
	"errors"
	"time"
)

// Event is one thing that a bot does in a turn. Exactly one field is set.
// Done and Fail are terminal.
type Event struct {
	// Seq numbers the events of a turn 1, 2, 3 … without gaps.
	Seq     int
	Message *Message
	Typing  *Typing
	Done    *Done
	Fail    *Fail
}

// Terminal reports whether the event ends its turn.
func (e Event) Terminal() bool { return e.Done != nil || e.Fail != nil }

// Typing shows that the bot is at work.
type Typing struct {
	// For how long, unless a message comes first; at most 10 minutes.
	For time.Duration
	// Thinking rather than typing, where a line can tell.
	Thinking bool
}

// Done ends a turn well; everything in it takes effect together.
type Done struct {
	// State is the bot's new state, at most 64 KiB; nil: the state stays.
	State []byte `json:"state,omitempty"`
	// StateSchema numbers the layout of State. Filled in by the host.
	StateSchema uint32 `json:"state_schema,omitempty"`
	// Properties to set, at most 30; an empty value removes one.
	Properties map[string]string `json:"properties,omitempty"`
	// Handoff or End, or neither: the bot goes on.
	Handoff *Handoff `json:"handoff,omitempty"`
	End     *End     `json:"end,omitempty"`
	// Timers to set, at most 10.
	Timers []Timer `json:"timers,omitempty"`
}

// Handoff asks for a human.
type Handoff struct {
	// Target names a target of the channel's configuration. Empty: default.
	Target string `json:"target,omitempty"`
	// Reason, in one line for agent and operator, at most 1 KiB.
	Reason string `json:"reason,omitempty"`
	// Summary of what was talked about, for the agent, at most 4 KiB.
	Summary string `json:"summary,omitempty"`
	// Properties for the agent, at most 30 with the conversation's own.
	Properties map[string]string `json:"properties,omitempty"`
}

// End ends the conversation, until the customer says something again.
type End struct {
	// Reason, in one line for the operator, at most 1 KiB.
	Reason string `json:"reason,omitempty"`
}

// Timer asks for a turn later.
type Timer struct {
	// Name, at most 64 bytes.
	Name string `json:"name"`
	// After, from now; 0 removes the timer. At most 30 days.
	After time.Duration `json:"after"`
}

// Fail ends a turn badly.
type Fail struct {
	// Reason, in one line for the operator, at most 1 KiB.
	Reason string `json:"reason"`
	// Retryable: putting the turn once more could help.
	Retryable bool `json:"retryable,omitempty"`
	// RetryAfter is how long to wait before that; 0: the host decides.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
}

// Reply collects what a bot answers in one turn. What is said goes out at
// once; all the rest takes effect together when Turn returns nil. Not safe for
// concurrent use, and of no use after Turn has returned.
type Reply struct {
	emit     func(Event) error
	seq      int
	messages int
	done     Done
	over     bool
	// refused is the first thing said that breaks the contract: it fails the
	// turn, whatever Turn returns, for otherwise it would be lost silently.
	refused error
}

// errOver is answered to a bot that goes on after its turn has ended.
var errOver = errors.New("the turn is over")

// Say says something in plain text. It fails when nobody waits for the answer
// any more, and with a [*ContractError] when the host would refuse the message
// (see [Message.Check]), which fails the turn; a bot then returns the error.
func (r *Reply) Say(text string) error { return r.Send(Message{Text: text}) }

// Send says something with cards, quick replies or attachments.
func (r *Reply) Send(m Message) error {
	if r.messages++; r.messages > maxMessages {
		return r.refuse(broken("more than %d messages in a turn", maxMessages))
	}
	if err := m.Check(); err != nil {
		return r.refuse(err)
	}
	return r.send(Event{Message: &m})
}

// Ask says something and offers quick replies, each with its title as value.
func (r *Reply) Ask(text string, titles ...string) error {
	m := Message{Text: text}
	for _, title := range titles {
		m.QuickReplies = append(m.QuickReplies, QuickReply{Title: title})
	}
	return r.Send(m)
}

// Type shows that the bot is at work.
func (r *Reply) Type(t Typing) error {
	if err := checkTyping(t); err != nil {
		return r.refuse(err)
	}
	return r.send(Event{Typing: &t})
}

// Handoff asks for a human when the turn ends. A later Handoff or End in the
// same turn replaces it.
func (r *Reply) Handoff(h Handoff) error { return r.next(&h, nil) }

// End ends the conversation when the turn ends.
func (r *Reply) End(e End) error { return r.next(nil, &e) }

func (r *Reply) next(h *Handoff, e *End) error {
	if r.over {
		return errOver
	}
	r.done.Handoff, r.done.End = h, e
	return nil
}

// SetState replaces the bot's state for this conversation, at most 64 KiB.
func (r *Reply) SetState(state []byte) {
	if state == nil {
		state = []byte{}
	}
	r.done.State = state
}

// SetProperty sets a property of the conversation, which agents see; an empty
// value removes it.
func (r *Reply) SetProperty(name, value string) {
	if r.done.Properties == nil {
		r.done.Properties = map[string]string{}
	}
	r.done.Properties[name] = value
}

// SetTimer asks for a turn later; after 0 removes the timer.
func (r *Reply) SetTimer(name string, after time.Duration) {
	r.done.Timers = append(r.done.Timers, Timer{Name: name, After: after})
}

// refuse keeps the first refusal and answers err.
func (r *Reply) refuse(err error) error {
	if r.over {
		return errOver
	}
	if r.refused == nil {
		r.refused = err
	}
	return err
}

func (r *Reply) send(e Event) error {
	if r.over {
		return errOver
	}
	r.seq++
	e.Seq = r.seq
	return r.emit(e)
}

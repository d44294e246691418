package bot

import "time"

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
	// RetryAfter is how long to wait before that, at most 10 minutes; 0: the
	// host decides.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
}

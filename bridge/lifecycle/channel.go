package lifecycle

import "time"

// Channel is a channel's settings, as the rules need them. The host makes it
// from the configuration; durations of zero mean at once or never, as said.
type Channel struct {
	Name string
	// Bot and Desk by name.
	Bot  string
	Desk string
	// Greet: the bot gets a turn when a conversation starts.
	Greet bool
	// Language of conversations that do not say theirs; BCP 47.
	Language string

	// Targets of handoffs by name; "default" is the one for no name.
	Targets map[string]Target
	// Hours in which handoffs are taken; nil: always.
	Hours *Hours
	// NoAgentAfter is how long a customer waits for an agent; 0: for ever.
	NoAgentAfter time.Duration
	// TransferGrace is how long a transfer may follow an agent's leaving.
	TransferGrace time.Duration
	// Debounce is how long a burst of messages is waited out.
	Debounce time.Duration
	// TurnDeadline is how long a turn may take.
	TurnDeadline time.Duration
	// CancelWords: said while queued, they cancel the handoff. Lower case.
	CancelWords []string

	// OnFailure of the bot: Queue or Bot.
	OnFailure Holder
	// AfterAgent: Bot or Nobody.
	AfterAgent Holder
	// OnReturn of a customer who had met an agent: Queue or Bot.
	OnReturn Holder
	// Texts said by the host itself; a missing or empty one is not said.
	Texts map[Text]string

	// DeskCan and LineCan are what the two sides can do.
	DeskCan Capabilities
	LineCan Capabilities
}

// Text names something that the host itself says to the customer.
type Text string

// TextFailed is said when the bot has failed and nobody else takes over.
const TextFailed Text = "failed"

// Target is where a handoff goes.
type Target struct {
	// Queue is the id of a queue; empty: the desk channel's own.
	Queue string
	// DeskChannel is the id of the desk's channel.
	DeskChannel string
}

// DefaultTarget is the target of a handoff that names none.
const DefaultTarget = "default"

// Capabilities is what a desk or a line can do; the rules ask it.
type Capabilities struct {
	// Cards are the media types shown as cards.
	Cards        []string
	QuickReplies bool
	Attachments  bool
	Typing       bool
	// History is how many messages a ticket can be opened with.
	History int
	// Properties is how many properties a ticket can carry.
	Properties int
}

package bot

import "time"

// Observed is what went on in one conversation while the bot did not hold it.
type Observed struct {
	Conversation ConversationID
	// Channel is the channel's name in the configuration.
	Channel string
	// Observations, oldest first.
	Observations []Observation
}

// Observation is one thing that happened. Exactly one of the fields from
// Queued to Transferred is set.
type Observation struct {
	// Number of the journal entry: rises, may have gaps.
	Number int64
	At     time.Time
	// Queued names the queue that the conversation waits in.
	Queued      string
	AgentJoined *Agent
	AgentLeft   *Agent
	Said        *HistoryMessage
	Transferred bool
}

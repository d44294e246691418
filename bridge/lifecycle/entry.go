package lifecycle

import (
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Entry is one line of a conversation's journal: what happened, and what was
// decided because of it.
type Entry struct {
	// Number within the conversation: 1, 2, 3 …
	Number int64     `json:"number"`
	Kind   EntryKind `json:"kind"`
	At     time.Time `json:"at"`
	// To says who must hear of it.
	To Lanes `json:"to,omitempty"`
	// Holder and Epoch after this entry.
	Holder Holder `json:"holder"`
	Epoch  int64  `json:"epoch"`
	// Event is the id of the event that left the entry.
	Event string `json:"event,omitempty"`

	// Author and Name of who said or did it.
	Author bot.Author `json:"author,omitempty"`
	Name   string     `json:"name,omitempty"`
	// AuthorID is the agent's id at the desk, the customer's on the line.
	AuthorID string       `json:"author_id,omitempty"`
	Message  *bot.Message `json:"message,omitempty"`
	Action   *bot.Action  `json:"action,omitempty"`
	// ClientID is the customer's client's own id of the message.
	ClientID string `json:"client_id,omitempty"`

	// Turn, Attempt and Seq of what the bot did.
	Turn    bot.TurnID `json:"turn,omitempty"`
	Attempt int        `json:"attempt,omitempty"`
	Seq     int        `json:"seq,omitempty"`
	// State and StateSchema: the bot's state after its turn.
	State       []byte `json:"state,omitempty"`
	StateSchema uint32 `json:"state_schema,omitempty"`

	// Handoff that is to be carried out.
	Handoff *Handoff `json:"handoff,omitempty"`
	// Status of a handoff, as the customer is told.
	Status Status `json:"status,omitempty"`
	// Ticket that the entry is about.
	Ticket string `json:"ticket,omitempty"`
	// Of is the number of the entry that this one is about.
	Of int64 `json:"of,omitempty"`
	// Detail, in one line for people.
	Detail string `json:"detail,omitempty"`
}

// Said reports whether the entry is something said or pressed, by anybody.
func (e Entry) Said() bool { return e.Kind == EntrySaid || e.Kind == EntryActed }

// EntryKind says what an entry is.
type EntryKind string

// The kinds of entry.
const (
	EntryStarted     EntryKind = "started"
	EntrySaid        EntryKind = "said"  // by Author
	EntryActed       EntryKind = "acted" // a press
	EntryLeft        EntryKind = "left"  // the customer
	EntryDone        EntryKind = "done"  // a turn ended well
	EntryFailed      EntryKind = "failed"
	EntryStale       EntryKind = "stale"     // what the bot did came too late
	EntryHandoff     EntryKind = "handoff"   // to the desk: open a ticket
	EntryFiles       EntryKind = "files"     // to the desk: show the files that were said before handoff Of
	EntryReturn      EntryKind = "return"    // to the desk: say in one bot message what its agents have not seen
	EntryLeave       EntryKind = "leave"     // to the desk: leave Ticket, or the one that handoff Of opened
	EntryLook        EntryKind = "look"      // to the desk: read how Ticket stands
	EntryGiveBack    EntryKind = "give_back" // to the desk: Ticket is to come back to the bot after the agent
	EntryOpened      EntryKind = "opened"
	EntryStatus      EntryKind = "status" // news of the handoff
	EntryQueued      EntryKind = "queued"
	EntryJoined      EntryKind = "joined"
	EntryAgentLeft   EntryKind = "agent_left"
	EntryTransferred EntryKind = "transferred"
	EntryHandback    EntryKind = "handback"
	EntryEnded       EntryKind = "ended"
	EntryDue         EntryKind = "due"
	EntryDropped     EntryKind = "dropped" // the desk has not been given entry Of
	EntryNoted       EntryKind = "noted"   // without effect, kept for the record
)

// Handoff is what the desk is asked for.
type Handoff struct {
	// Target as named; Queue and DeskChannel that it stands for.
	Target      string `json:"target"`
	Queue       string `json:"queue,omitempty"`
	DeskChannel string `json:"desk_channel,omitempty"`
	Script      string `json:"script,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Summary     string `json:"summary,omitempty"`
	// Properties for the agent: the conversation's and the handoff's own.
	Properties map[string]string `json:"properties,omitempty"`
	// LeftOut is what the desk cannot carry, a line each, for people.
	LeftOut []string `json:"left_out,omitempty"`
}

// Status of a handoff, as the customer is told by `handoff.status`.
type Status string

// The statuses, in the order in which they usually come.
const (
	StatusRequested   Status = "requested"
	StatusDelayed     Status = "delayed"
	StatusQueued      Status = "queued"
	StatusJoined      Status = "joined"
	StatusTransferred Status = "transferred"
	StatusAgentLeft   Status = "agent_left"
	StatusRefused     Status = "refused"
	StatusFailed      Status = "failed"
	StatusCancelled   Status = "cancelled"
	StatusWithdrawn   Status = "withdrawn" // the bot, whose failure it was for, is back
	StatusCompleted   Status = "completed" // the agents are done
)

// Lanes is a set of those who must hear of an entry.
type Lanes uint8

// The lanes.
const (
	ToCustomer Lanes = 1 << iota
	ToDesk
	ToBot
	ToObserver
)

// Has reports whether all of want are in the set.
func (l Lanes) Has(want Lanes) bool { return l&want == want }

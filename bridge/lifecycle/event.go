package lifecycle

import (
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Event is something that happens to a conversation. Which fields are set
// follows from Kind; the comments name the kinds.
type Event struct {
	// ID takes effect once. Made by where the event comes from: 8x8's event
	// id, a Direct Line client's activity id, or derived by the engine.
	ID   string    `json:"id"`
	Kind EventKind `json:"kind"`
	// At is when the host took the event in.
	At time.Time `json:"at"`
	// Conversation that the event is for; empty: found by Desk and Ticket.
	Conversation bot.ConversationID `json:"conversation,omitempty"`
	// Channel of a conversation that may begin with this event.
	Channel string `json:"channel,omitempty"`

	// Customer and Language, where the line tells. EventStarted, EventSaid.
	Customer *bot.Customer `json:"customer,omitempty"`
	Language string        `json:"language,omitempty"`
	// Message that was said. EventSaid, EventAgentSaid, EventBotSaid.
	Message *bot.Message `json:"message,omitempty"`
	// Action that was pressed. EventActed.
	Action *bot.Action `json:"action,omitempty"`
	// ClientID is the customer's client's own id of the message.
	ClientID string `json:"client_id,omitempty"`

	// Desk and Ticket that the event comes from, and the desk's own time.
	// All of the desk's events.
	Desk     string    `json:"desk,omitempty"`
	Ticket   string    `json:"ticket,omitempty"`
	DeskTime time.Time `json:"desk_time,omitzero"`
	// Queue, by name or else id. EventQueued.
	Queue string `json:"queue,omitempty"`
	// Agent who acts. EventJoined, EventAgentLeft, EventAgentSaid.
	Agent bot.Agent `json:"agent,omitzero"`
	// Marker names the handoff that a ticket was opened for. EventTicket.
	Marker Marker `json:"marker,omitzero"`
	// Active: the ticket's interaction has begun. EventTicket.
	Active bool `json:"active,omitempty"`
	// Over: no interaction of the ticket is open. EventLooked.
	Over bool `json:"over,omitempty"`

	// Turn, Epoch, Attempt and Seq of what the bot does. EventBotSaid,
	// EventBotDone, EventBotFailed.
	Turn    bot.TurnID `json:"turn,omitempty"`
	Epoch   int64      `json:"epoch,omitempty"`
	Attempt int        `json:"attempt,omitempty"`
	Seq     int        `json:"seq,omitempty"`
	Done    *bot.Done  `json:"done,omitempty"`
	Fail    *bot.Fail  `json:"fail,omitempty"`

	// Entry is the number of the entry whose performance had this result.
	// EventOpened, EventDelayed, EventRefused.
	Entry int64 `json:"entry,omitempty"`
	// Refuses is the kind of that entry; if a bot has said it, Turn and Seq
	// are those of the entry. EventRefused.
	Refuses EntryKind `json:"refuses,omitempty"`
	// Detail, in one line for people.
	Detail string `json:"detail,omitempty"`
	// Alone: it may have been put to the bot before, in a turn that nobody
	// remembers, and must be put in a turn of the same id: one of its own.
	// EventSaid.
	Alone bool `json:"alone,omitempty"`
	// Pending is the number of the first entry with the customer's words that
	// is for the desk, and that neither the desk is known to have nor a bot
	// has heard; 0: there is none.
	Pending int64 `json:"pending,omitempty"`

	// Timer that is due. EventDue.
	Timer Timer `json:"timer,omitzero"`

	// Bot that is ready, and Since when. EventBotReady.
	Bot   string    `json:"bot,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// Marker ties a ticket to the handoff that it was opened for.
type Marker struct {
	Conversation bot.ConversationID `json:"conversation,omitempty"`
	// Entry is the number of the handoff entry.
	Entry int64 `json:"entry,omitempty"`
}

// EventKind says what happens.
type EventKind string

// What the customer does.
const (
	EventStarted EventKind = "started" // the conversation begins
	EventSaid    EventKind = "said"
	EventActed   EventKind = "acted"  // pressed a quick reply or a card
	EventCancel  EventKind = "cancel" // does not want to wait for an agent
	EventLeft    EventKind = "left"
)

// What the bot does.
const (
	EventBotSaid   EventKind = "bot_said"
	EventBotDone   EventKind = "bot_done"
	EventBotFailed EventKind = "bot_failed" // or its turn was not answered in time
	EventBotReady  EventKind = "bot_ready"  // again, and has been for some time
)

// What the desk does.
const (
	EventTicket      EventKind = "ticket" // a ticket tells its marker or state
	EventQueued      EventKind = "queued"
	EventJoined      EventKind = "joined" // an agent
	EventAgentLeft   EventKind = "agent_left"
	EventAgentSaid   EventKind = "agent_said"
	EventTransferred EventKind = "transferred"
	EventNoted       EventKind = "noted" // kept in the journal, without effect
)

// What became of a call to the desk.
const (
	EventOpened  EventKind = "opened"  // the ticket of handoff Entry is open
	EventDelayed EventKind = "delayed" // the desk does not answer; it is tried again
	EventRefused EventKind = "refused" // the desk says no to Entry
	EventLooked  EventKind = "looked"  // how the ticket stands, as read for Entry
	EventDropped EventKind = "dropped" // the desk is not given Entry any more
)

// EventDue is a timer of the conversation's.
const EventDue EventKind = "due"

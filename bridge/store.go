package bridge

import (
	"context"
	"errors"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Store keeps journals and conversations. All methods are safe for concurrent
// use. A store is opened for one host; what that host does not own is refused
// at its commits, so several hosts can share a database.
type Store interface {
	// Commit makes a group durable in one transaction and answers one error
	// for each commit of the group, in order: nil, [ErrConflict],
	// [ErrUnreadable], [*RepeatedError] or [*BoundError]. A commit with an error has changed
	// nothing, the others of its group are durable. If the second result is
	// not nil nothing is known to be durable, and the caller must read again
	// what it keeps in memory; [ErrUnwritable] if that goes on. The group is the caller's again afterwards.
	Commit(ctx context.Context, group []Commit) ([]error, error)
	// Load reads a conversation. [ErrNotFound] if there is none,
	// [ErrUnreadable] if it is damaged; that holds for its journal, too.
	Load(ctx context.Context, id bot.ConversationID) (Stored, error)
	// Entries reads the journal after number after, oldest first, at most
	// limit entries.
	Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error)
	// Last reads the newest limit entries numbered up to through (0: the
	// newest there are), oldest first.
	Last(ctx context.Context, id bot.ConversationID, through int64, limit int) ([]lifecycle.Entry, error)
	// Ticket finds the conversation that a ticket is bound to. [ErrNotFound]
	// if it is not bound.
	Ticket(ctx context.Context, desk, ticket string) (bot.ConversationID, error)
	// Work lists the conversations that have something to do: a timer, a
	// turn, or desk entries behind their cursor; and erasures that are not
	// done. Read at the start.
	Work(ctx context.Context) ([]Work, error)
	// Parked lists the events that wait for their ticket to be bound, oldest
	// first; with an empty ticket those of all tickets.
	Parked(ctx context.Context, desk, ticket string) ([]Parked, error)
	// List reads conversations for the operator, newest change first.
	List(ctx context.Context, filter Filter) ([]lifecycle.Conversation, error)
	// SaveCursors writes cursors behind. Losing the newest ones is harmless:
	// what may have been done is read back.
	SaveCursors(ctx context.Context, cursors map[bot.ConversationID]Cursors) error
	// Erase removes a conversation and all that belongs to it, in one
	// transaction, and remembers for [Store.Work] that it did; with Done it
	// forgets that. [ErrNotFound] if there is no such conversation.
	Erase(ctx context.Context, e Erasure) error
	// Close ends the store's work and releases its lock. Idempotent.
	Close() error
}

// Commit is one change of one conversation, or the parking of one event.
type Commit struct {
	// Conversation after the change; its Number is the newest entry's. The
	// zero ID: only Park, with its Events, or only Unpark is set.
	Conversation lifecycle.Conversation
	// Expected is the number that the conversation must have before.
	Expected int64
	// Entries that the change leaves, numbered Expected+1 and on.
	Entries []lifecycle.Entry
	// Events are the ids of the events that the change takes in. If one of
	// them was taken before, the commit is refused as repeated.
	Events []string
	// Bind ties tickets to the conversation. If one is tied to another, the
	// commit is refused as bound.
	Bind []Ticket
	// Unpark removes parked events that the change has taken in. Their ids
	// count as taken already; among Events they are no repetition as long as
	// they are parked, so that no event is handed over twice.
	Unpark []int64
	// Cursors of the lanes, as far as they have come; one that is behind the
	// stored one changes nothing.
	Cursors Cursors
	// Park keeps an event whose ticket is not bound. Its id counts as taken.
	Park *lifecycle.Event
}

// Ticket names a ticket at a desk.
type Ticket struct {
	Desk, ID string
}

// Stored is a conversation as the store has it.
type Stored struct {
	Conversation lifecycle.Conversation
	Cursors      Cursors
}

// Cursors say how far the lanes of a conversation have come: entries up to
// the number are done.
type Cursors struct {
	Desk    int64 `json:"desk,omitempty"`
	Observe int64 `json:"observe,omitempty"`
}

// Work is a conversation that has something to do.
type Work struct {
	ID      bot.ConversationID
	Channel string
	// Due is its earliest timer; zero: it has none.
	Due time.Time
	// Now: it has more than a timer to do.
	Now bool
	// Erased: it was erased, and what others keep of it may be left.
	Erased bool
}

// Erasure is the removal of a conversation.
type Erasure struct {
	Conversation bot.ConversationID
	// Again are events of its that may come again, to begin another one of
	// the same id. Of all others it stays known that they were taken in.
	Again []string
	// Done: everything that others keep of it is gone, too.
	Done bool
}

// Parked is an event that waits for its ticket to be bound.
type Parked struct {
	// ID to unpark it with.
	ID    int64
	Event lifecycle.Event
}

// Filter selects conversations.
type Filter struct {
	// Holder; empty: any.
	Holder lifecycle.Holder
	// Channel; empty: any.
	Channel string
	// Customer by id; empty: any.
	Customer string
	// Oldest: those whose newest change is the oldest come first.
	Oldest bool
	// Skip leaves out the first ones; not with Customer.
	Skip int
	// Limit; 0: 100.
	Limit int
}

// What a store answers.
var (
	// ErrNotFound: there is no such conversation or binding.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the conversation does not have the expected number, or
	// belongs to another host. The caller reads it again.
	ErrConflict = errors.New("the conversation has changed meanwhile")
	// ErrUnwritable: nothing can be kept for now, because the disk is full or
	// the store is read-only. The store has said so in the log, once, and goes
	// on by itself as soon as it can.
	ErrUnwritable = errors.New("the store cannot be written")
	// ErrUnreadable: what the store has of the conversation is damaged. Others
	// are not concerned.
	ErrUnreadable = errors.New("the conversation cannot be read")
)

// RepeatedError says which events of a commit were taken in before.
type RepeatedError struct {
	Events []string
}

// Error names no event: their ids come from outside.
func (e *RepeatedError) Error() string { return "an event was taken in before" }

// BoundError says that the ticket of an event to be parked is bound by now.
type BoundError struct {
	Conversation bot.ConversationID
}

// Error says so.
func (e *BoundError) Error() string { return "the ticket is bound by now" }

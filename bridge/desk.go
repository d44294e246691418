package bridge

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Desk is a contact centre. All methods are safe for concurrent use, block
// until the desk has answered or ctx is done, and do their call at most once:
// only the engine repeats one, after reading back. Their errors are
// [*DeskError].
type Desk interface {
	// Open opens a ticket and answers its id.
	Open(ctx context.Context, o Opening) (string, error)
	// FindOpened looks for the ticket that was opened with marker. An empty
	// id: there is none to be seen.
	FindOpened(ctx context.Context, marker lifecycle.Marker) (string, error)
	// Send posts one message into a ticket.
	Send(ctx context.Context, ticket string, m Outgoing) error
	// Sent reads back what we have posted into a ticket, the history that it
	// was opened with included, oldest first, at most the newest limit
	// messages.
	Sent(ctx context.Context, ticket string, limit int) ([]Outgoing, error)
	// Leave takes the customer out of a ticket, which ends its interaction.
	// Leaving a ticket twice, or one that is over, is no error.
	Leave(ctx context.Context, ticket string) error
	// Assign gives a ticket that the customer has brought to a queue or a
	// script.
	Assign(ctx context.Context, ticket string, t lifecycle.Target) error
	// HandBack asks that a ticket comes back to the bot behind the webhook of
	// a channel, by id or name, when its agents are done.
	HandBack(ctx context.Context, ticket, channel string) error
	// Look reads how a ticket stands.
	Look(ctx context.Context, ticket string) (TicketState, error)
	// Fetch finds a file of a ticket by its id at the desk. Its content comes
	// when it is opened, which must be over before ctx is.
	Fetch(ctx context.Context, ticket, attachment string) (File, error)
	// Signal shows the other side what is not kept. Best effort.
	Signal(ctx context.Context, ticket string, s Signal) error
	// Capabilities of the desk; always the same.
	Capabilities() lifecycle.Capabilities
}

// Opening is what a ticket is opened with.
type Opening struct {
	// Channel of the desk, by id or name.
	Channel string
	// Queue by id; empty: the desk channel's own.
	Queue    string
	Customer bot.Customer
	// Language is a BCP 47 tag; empty: unknown.
	Language string
	// Properties are shown to the agent, in this order.
	Properties []Property
	// History is what was said so far, oldest first, within the desk's
	// capabilities.
	History []Outgoing
	// Marker ties the ticket to its handoff; the desk keeps it with the
	// ticket's data.
	Marker lifecycle.Marker
}

// Property is a name and its value.
type Property struct {
	Name, Value string
}

// Outgoing is one message for the desk. What the desk's capabilities exclude
// is not in it.
type Outgoing struct {
	// Author: customer or bot, all that a desk knows of our side.
	Author bot.Author
	Text   string
	// Cards and QuickReplies, shown as such.
	Cards        []bot.Card
	QuickReplies []bot.QuickReply
	// Files are uploaded before the message is posted.
	Files []File
}

// empty reports whether the message says nothing.
func (o Outgoing) empty() bool {
	return o.Text == "" && len(o.Cards) == 0 && len(o.QuickReplies) == 0 && len(o.Files) == 0
}

// Signal is what is shown for a moment, and not kept: either that somebody is
// at work, or up to when they have read.
type Signal struct {
	// Author: customer or bot.
	Author bot.Author
	Typing *bot.Typing
	// ReadAt: everything up to then has been read.
	ReadAt time.Time
}

// File is a file on its way to or from a desk.
type File struct {
	Name        string
	ContentType string
	// Size in bytes; 0: unknown.
	Size int64
	// Open reads the file from its beginning; whoever calls it closes it.
	Open func() (io.ReadCloser, error)
}

// TicketState is how a ticket stands at the desk.
type TicketState struct {
	// Over: no interaction of the ticket is open.
	Over bool
	// Queue or Script that the ticket is assigned to; empty: to none, or not
	// known.
	Queue  string
	Script string
	// Agent: an agent has it.
	Agent bool
}

// DeskError is a call that the desk did not carry out, or may not have.
type DeskError struct {
	// Kind says what to do about it.
	Kind DeskErrorKind
	// RetryAfter is how long the desk asks to wait; 0: it does not say.
	RetryAfter time.Duration
	// Doubt: the call may have been carried out all the same.
	Doubt bool
	// Err is what happened.
	Err error
}

// Error says what happened.
func (e *DeskError) Error() string { return fmt.Sprintf("%s: %v", e.Kind, e.Err) }

// Unwrap is what happened.
func (e *DeskError) Unwrap() error { return e.Err }

// DeskErrorKind says what to do about a failed call.
type DeskErrorKind string

// The kinds of failed call.
const (
	// DeskRefused: the desk says no to this very call; repeating is useless.
	DeskRefused DeskErrorKind = "refused"
	// DeskDenied: the desk does not know us; an operator must act.
	DeskDenied DeskErrorKind = "denied"
	// DeskUnavailable: busy, broken, or not to be reached; repeat later.
	DeskUnavailable DeskErrorKind = "unavailable"
)

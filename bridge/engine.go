package bridge

import (
	"context"
	"errors"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// What Receive answers.
var (
	// ErrUnavailable: the event could not be made durable. The sender keeps
	// it and sends it again.
	ErrUnavailable = errors.New("not durable")
	// ErrUnknownChannel: the event would begin a conversation on a channel
	// that is not configured.
	ErrUnknownChannel = errors.New("no such channel")
)

// Receive takes an event in, once: when it returns nil the event and all that
// follows from it are durable. A repeated event id changes nothing and is no
// error. The answer is the number of the journal entry that holds the event;
// 0: it was parked, until its ticket is bound.
//
// An event is for the conversation that it names, or for the one that its
// ticket is bound to. EventStarted and EventSaid begin a conversation if the
// one they name does not exist; for other kinds that is [ErrNotFound].
func (e *Engine) Receive(ctx context.Context, ev lifecycle.Event) (int64, error) {
	return 0, errors.ErrUnsupported
}

// Entries reads the journal of a conversation after number after, oldest
// first, at most limit entries. [ErrNotFound] if there is no conversation.
func (e *Engine) Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error) {
	return nil, errors.ErrUnsupported
}

// Conversation is a conversation as it stands. [ErrNotFound] if there is none.
func (e *Engine) Conversation(ctx context.Context, id bot.ConversationID) (lifecycle.Conversation, error) {
	return lifecycle.Conversation{}, errors.ErrUnsupported
}

// List reads conversations for the operator, newest change first.
func (e *Engine) List(ctx context.Context, filter Filter) ([]lifecycle.Conversation, error) {
	return nil, errors.ErrUnsupported
}

// Typing passes on that the customer or an agent is typing. Best effort: it
// is kept nowhere.
func (e *Engine) Typing(ctx context.Context, id bot.ConversationID, t Typing) {}

// Engine runs conversations.
type Engine struct{}

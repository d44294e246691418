package bridge

import "github.com/patchbay-host/patchbay/plugins/bot"

// Line is the customers' side of channels. Its methods are called by the
// engine, never block, and are safe for concurrent use.
type Line interface {
	// Wake says that the journal of a conversation is durable through
	// number; what is addressed to the customer can be read with
	// [Engine.Entries]. 0: the conversation was erased; if it begins again, its
	// numbers do as well.
	Wake(id bot.ConversationID, number int64)
	// Typing shows the customer that somebody is at work.
	Typing(id bot.ConversationID, t Typing)
}

// Typing is somebody at work. It is passed on and never kept.
type Typing struct {
	Author bot.Author
	// AuthorID and Name of an agent; empty: unknown.
	AuthorID, Name string
	bot.Typing
}

package bridge

import (
	"context"
	"errors"
	"io"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Attachments keeps the files that customers, agents and bots send. What is
// known of them (names, types, who sent them) is in the journal. All methods
// are safe for concurrent use.
type Attachments interface {
	// Put keeps what content reads until its end, in place of what the
	// conversation had under id, and answers the size in bytes. When it returns
	// nil the file is durable; with an error nothing has changed. An error of
	// content's comes back as it is; [ErrNoRoom].
	Put(ctx context.Context, conversation bot.ConversationID, id string, content io.Reader) (size int64, err error)
	// Open reads a file from its beginning; the caller closes it. It goes on
	// reading what it began with, whatever becomes of the file.
	// [ErrNotFound].
	Open(ctx context.Context, conversation bot.ConversationID, id string) (io.ReadSeekCloser, error)
	// Erase removes all files of a conversation. Erasing what is not there is
	// no error.
	Erase(ctx context.Context, conversation bot.ConversationID) error
}

// What becomes of a file that is not kept.
var (
	// ErrTooLarge: a file is larger than the host takes.
	ErrTooLarge = errors.New("the file is too large")
	// ErrNoRoom: files may take no more room than they have.
	ErrNoRoom = errors.New("there is no room for more files")
)

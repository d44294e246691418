package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// transferWithin bounds the way of one file from a desk or to it.
	transferWithin = 2 * time.Minute
	// fetchesAtOnce is how many files are fetched ahead at the same time.
	fetchesAtOnce = 4
)

// files is what the engine does with files.
type files struct {
	kept Attachments
	most int64 // bytes in one file
	// ahead bounds the fetches that nobody has asked for yet.
	ahead chan struct{}

	mu       sync.Mutex
	fetching map[fileKey]*fetch
}

type fileKey struct {
	conversation bot.ConversationID
	id           string
}

// fetch is a file on its way from a desk.
type fetch struct {
	done chan struct{}
	err  error
}

func newFiles(kept Attachments, most int64) *files {
	return &files{kept: kept, most: most, ahead: make(chan struct{}, fetchesAtOnce), fetching: map[fileKey]*fetch{}}
}

// Keep keeps a file that is about to be said in a conversation, and answers it
// as the journal is to have it. The same id once more takes the first one's
// place, so that a post that is repeated leaves one file. [ErrTooLarge],
// [ErrNoRoom], or an error of content's.
func (e *Engine) Keep(ctx context.Context, conversation bot.ConversationID, id string, file bot.Attachment, content io.Reader) (bot.Attachment, error) {
	size, err := e.files.put(ctx, fileKey{conversation, id}, content)
	if err != nil {
		return bot.Attachment{}, fmt.Errorf("keep file: %w", err)
	}
	file.URL, file.Data, file.Size = lifecycle.FileURL(lifecycle.FileKept, id), nil, size
	return file, nil
}

// Attachment finds a file that was said in a conversation: the one at index
// among those of journal entry number. What it opens can be sought too
// ([io.Seeker]). A file that only the desk has is fetched first. [ErrNotFound]
// if nothing is there, or its place is not the host's to read.
func (e *Engine) Attachment(ctx context.Context, conversation bot.ConversationID, number int64, index int) (File, error) {
	entries, err := e.Entries(ctx, conversation, number-1, 1)
	if err != nil {
		return File{}, err
	}
	if len(entries) == 0 || entries[0].Number != number || entries[0].Message == nil ||
		index < 0 || index >= len(entries[0].Message.Attachments) {
		return File{}, ErrNotFound
	}
	c, err := e.Conversation(ctx, conversation)
	if err != nil {
		return File{}, err
	}
	return e.file(ctx, c, entries[0], entries[0].Message.Attachments[index])
}

// file is a file of an entry's, at hand.
func (e *Engine) file(ctx context.Context, c lifecycle.Conversation, entry lifecycle.Entry, a bot.Attachment) (File, error) {
	place, id := lifecycle.PlaceOf(a)
	key := fileKey{c.ID, id}
	switch place {
	case lifecycle.FileKept:
	case lifecycle.FileAtDesk:
		now := e.settings()
		desk := now.Desks[now.Channels[c.Channel].Desk]
		if desk == nil || entry.Ticket == "" {
			return File{}, ErrNotFound
		}
		key.id = "desk/" + entry.Ticket + "/" + id
		if err := e.fetch(ctx, desk, entry.Ticket, id, key); err != nil {
			return File{}, err
		}
	default:
		return File{}, ErrNotFound
	}
	return File{
		Name: a.Name, ContentType: a.ContentType, Size: a.Size,
		Open: func() (io.ReadCloser, error) { return e.files.kept.Open(e.ctx, key.conversation, key.id) },
	}, nil
}

// fetch sees to it that a file of a ticket's is kept here. Those who want the
// same one at the same time wait for one fetch.
func (e *Engine) fetch(ctx context.Context, desk Desk, ticket, attachment string, key fileKey) error {
	e.files.mu.Lock()
	f, running := e.files.fetching[key]
	if !running {
		f = &fetch{done: make(chan struct{})}
		e.files.fetching[key] = f
		e.work.Go(func() {
			f.err = e.fetchNow(desk, ticket, attachment, key)
			e.files.mu.Lock()
			delete(e.files.fetching, key)
			e.files.mu.Unlock()
			close(f.done)
		})
	}
	e.files.mu.Unlock()
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (e *Engine) fetchNow(desk Desk, ticket, attachment string, key fileKey) error {
	if have, err := e.files.kept.Open(e.ctx, key.conversation, key.id); !errors.Is(err, ErrNotFound) {
		if err == nil {
			have.Close()
		}
		return err
	}
	ctx, cancel := context.WithTimeout(e.ctx, transferWithin)
	defer cancel()
	file, err := desk.Fetch(ctx, ticket, attachment)
	if err != nil {
		return fmt.Errorf("fetch file: %w", err)
	}
	content, err := file.Open()
	if err != nil {
		return fmt.Errorf("fetch file: %w", err)
	}
	defer content.Close()
	if _, err := e.files.put(ctx, key, content); err != nil {
		return fmt.Errorf("fetch file: %w", err)
	}
	if _, err := e.cfg.Store.Load(ctx, key.conversation); errors.Is(err, ErrNotFound) { // erased meanwhile
		return errors.Join(err, e.files.kept.Erase(ctx, key.conversation))
	}
	return nil
}

// busy reports whether a file of a conversation's is on its way.
func (f *files) busy(id bot.ConversationID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key := range f.fetching {
		if key.conversation == id {
			return true
		}
	}
	return false
}

// fetchAhead fetches the files that the desk tells of, so that they are here
// when they are asked for. What fails is fetched when it is asked for.
func (e *Engine) fetchAhead(c lifecycle.Conversation, entries []lifecycle.Entry) {
	for _, entry := range entries {
		if entry.Message == nil || entry.Ticket == "" {
			continue
		}
		for _, a := range entry.Message.Attachments {
			if place, _ := lifecycle.PlaceOf(a); place != lifecycle.FileAtDesk {
				continue
			}
			e.work.Go(func() {
				select {
				case e.files.ahead <- struct{}{}:
					defer func() { <-e.files.ahead }()
				case <-e.ctx.Done():
					return
				}
				if _, err := e.file(e.ctx, c, entry, a); err != nil {
					e.log.Warn("fetch a file ahead", "conversation", c.ID, "entry", entry.Number, "err", err)
				}
			})
		}
	}
}

// put keeps a file of bounded size.
func (f *files) put(ctx context.Context, key fileKey, content io.Reader) (int64, error) {
	return f.kept.Put(ctx, key.conversation, key.id, &boundedReader{content, f.most})
}

// boundedReader fails if there is more to read than left bytes.
type boundedReader struct {
	io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

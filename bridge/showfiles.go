package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// inlineFile is the largest file that a turn carries whole, and
	// inlineInTurn how much of files it carries in all. The others go by an
	// address.
	inlineFile   = 256 << 10
	inlineInTurn = int64(1 << 20)
	// filesAtOnce is how many files one message shows to the agents.
	filesAtOnce = 10
)

// filesForBot are an entry's files as a bot can have them, within the room
// that is left for whole ones.
func (k *keeper) filesForBot(ctx context.Context, e *lifecycle.Entry, room *int64) []bot.Attachment {
	var files []bot.Attachment
	for i, a := range e.Message.Attachments {
		place, id := lifecycle.PlaceOf(a)
		if place == "" {
			files = append(files, a)
			continue
		}
		a.URL = ""
		if place == lifecycle.FileKept && a.Size > 0 && a.Size <= min(inlineFile, *room) {
			var err error
			if a.Data, err = k.e.files.read(ctx, fileKey{k.id, id}); err != nil {
				k.e.log.Error("read a file for the bot", "conversation", k.id, "entry", e.Number, "err", err)
			}
			*room -= int64(len(a.Data))
		}
		if len(a.Data) == 0 && k.e.cfg.FileURL != nil {
			a.URL = k.e.cfg.FileURL(k.id, e.Number, i, a.Name)
		}
		files = append(files, a)
	}
	return files
}

// read reads a small file whole.
func (f *files) read(ctx context.Context, key fileKey) ([]byte, error) {
	content, err := f.kept.Open(ctx, key.conversation, key.id)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(content)
}

// shownFiles takes out of an entry the files that a desk is given as files,
// each read when it is needed. What is left in the entry's message goes as
// text.
func (k *keeper) shownFiles(c lifecycle.Conversation, e lifecycle.Entry) (lifecycle.Entry, []File) {
	if e.Message == nil {
		return e, nil
	}
	var files []File
	left := *e.Message
	left.Attachments = nil
	for _, a := range e.Message.Attachments {
		if place, _ := lifecycle.PlaceOf(a); place == "" {
			left.Attachments = append(left.Attachments, a)
			continue
		}
		files = append(files, File{
			Name: a.Name, ContentType: a.ContentType, Size: a.Size,
			Open: func() (io.ReadCloser, error) { return k.openForDesk(c, e, a) },
		})
	}
	e.Message = &left
	return e, files
}

// openForDesk opens a file for a desk. One that is not to be had any more is
// refused: waiting would not bring it back.
func (k *keeper) openForDesk(c lifecycle.Conversation, e lifecycle.Entry, a bot.Attachment) (io.ReadCloser, error) {
	file, err := k.e.file(k.e.ctx, c, e, a)
	var content io.ReadCloser
	if err == nil {
		content, err = file.Open()
	}
	if errors.Is(err, ErrNotFound) {
		err = &DeskError{Kind: DeskRefused, Err: err}
	}
	return content, err
}

// filesBefore shows, in one message, the newest files that were said up to an
// entry: the history that a ticket is opened with only names them.
func (k *keeper) filesBefore(ctx context.Context, c lifecycle.Conversation, through int64) (Outgoing, error) {
	var files []File
	var names []string
	err := k.eachEntry(ctx, through, func(e lifecycle.Entry) {
		if !e.Said() {
			return
		}
		_, shown := k.shownFiles(c, e)
		files = append(files, shown...)
		for _, file := range shown {
			names = append(names, fmt.Sprintf("%s (%s)", file.Name, speaker(e)))
		}
	})
	if err != nil || len(files) == 0 {
		return Outgoing{}, err
	}
	over := max(0, len(files)-filesAtOnce)
	text := "Files from before: " + strings.Join(names[over:], ", ")
	if over > 0 {
		text += fmt.Sprintf(" [%d earlier files are left out]", over)
	}
	return Outgoing{Author: bot.AuthorBot, Text: text, Files: files[over:]}, nil
}

// eachEntry visits the journal up to an entry, oldest first.
func (k *keeper) eachEntry(ctx context.Context, through int64, visit func(lifecycle.Entry)) error {
	const page = 500
	for after := int64(0); after < through; {
		entries, err := k.e.cfg.Store.Entries(ctx, k.id, after, page)
		if err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		if len(entries) == 0 {
			return nil
		}
		for _, e := range entries {
			if e.Number <= through {
				visit(e)
			}
		}
		after = entries[len(entries)-1].Number
	}
	return nil
}

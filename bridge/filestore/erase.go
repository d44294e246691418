package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Erase removes a conversation's files; see [bridge.Attachments].
func (f *Folder) Erase(_ context.Context, conversation bot.ConversationID) error {
	folder := f.folder(conversation)
	shard := f.shard(folder)
	shard.Lock()
	defer shard.Unlock()
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase attachments: %w", err)
	}
	for _, entry := range entries {
		if err := f.remove(filepath.Join(folder, entry.Name())); err != nil {
			return fmt.Errorf("erase attachment: %w", err)
		}
	}
	if err := os.Remove(folder); err != nil {
		return fmt.Errorf("erase attachments: %w", err)
	}
	return flushFolder(filepath.Dir(folder))
}

// Swept is what a sweep has removed.
type Swept struct {
	Files int
	Bytes int64
}

// Sweep removes the files that were put before a time, whosever they are. It
// may go on while everything else does; it stops when ctx is done. The answer
// counts what was removed, with an error, too.
func (f *Folder) Sweep(ctx context.Context, before time.Time) (Swept, error) {
	var swept Swept
	err := f.each(func(folder, place string) error {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		size, err := f.sweep(folder, place, before)
		if size >= 0 && err == nil {
			swept.Files, swept.Bytes = swept.Files+1, swept.Bytes+size
		}
		return err
	})
	if err != nil {
		return swept, fmt.Errorf("sweep attachments: %w", err)
	}
	return swept, nil
}

// sweep removes one file, if it is old still now that nobody changes it, and
// answers its size; -1: it stays.
func (f *Folder) sweep(folder, place string, before time.Time) (int64, error) {
	shard := f.shard(folder)
	shard.Lock()
	defer shard.Unlock()
	info, err := os.Stat(place)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
		return -1, nil
	}
	if err != nil {
		return -1, err
	}
	if err := f.remove(place); err != nil {
		return -1, err
	}
	os.Remove(folder) // unless there is more in it
	return info.Size(), nil
}

// remove removes a file and gives its room back. The caller holds its shard.
func (f *Folder) remove(place string) error {
	size := sizeOf(place)
	if err := os.Remove(place); err != nil {
		return err
	}
	f.use(-size)
	return nil
}

package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Options bound a folder.
type Options struct {
	// Room is how many bytes all files together may take; 0: any number.
	Room int64
}

// Folder is a folder of files. Its methods are safe for concurrent use; one
// host uses a folder at a time.
type Folder struct {
	root string
	room int64
	// shards are held by whoever changes what is in them. Reading needs none.
	shards [256]sync.Mutex

	mu   sync.Mutex
	used int64
}

var _ bridge.Attachments = (*Folder)(nil)

// Open makes the folder if there is none, readable by its owner alone, clears
// what an earlier run left unfinished, and counts what is in it. A folder with
// other things in it is refused.
func Open(root string, o Options) (*Folder, error) {
	f := &Folder{root: root, room: o.Room}
	if err := f.prepare(); err != nil {
		return nil, fmt.Errorf("open folder for attachments: %w", err)
	}
	err := f.each(func(_, place string) error {
		f.used += sizeOf(place)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count attachments: %w", err)
	}
	return f, nil
}

func (f *Folder) prepare() error {
	if err := os.MkdirAll(f.root, 0o700); err != nil {
		return err
	}
	if err := f.ours(); err != nil {
		return err
	}
	if err := os.RemoveAll(f.Unfinished()); err != nil {
		return err
	}
	if err := os.Mkdir(f.Unfinished(), 0o700); err != nil {
		return err
	}
	return flushFolder(filepath.Dir(f.root))
}

// Used is how many bytes the files take, those that are being written
// included.
func (f *Folder) Used() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used
}

// Unfinished is a folder for files that are on their way here, on the same
// disk. Whatever is left in it is removed by the next Open.
func (f *Folder) Unfinished() string { return filepath.Join(f.root, unfinished) }

// Put keeps a file; see [bridge.Attachments].
func (f *Folder) Put(ctx context.Context, conversation bot.ConversationID, id string, content io.Reader) (size int64, err error) {
	claimed := &claim{folder: f}
	defer claimed.giveBack()
	written, size, err := f.write(claimed, heeding{ctx, content})
	if err != nil {
		return 0, fmt.Errorf("write attachment: %w", noRoom(err))
	}
	if err := f.settle(written, conversation, id, claimed); err != nil {
		os.Remove(written) // of no effect once it is in its place
		return 0, fmt.Errorf("keep attachment: %w", noRoom(err))
	}
	return size, nil
}

// write writes a file aside, whole and flushed, or leaves nothing.
func (f *Folder) write(claimed *claim, content io.Reader) (name string, size int64, err error) {
	file, err := os.CreateTemp(f.Unfinished(), "*")
	if err != nil {
		return "", 0, err
	}
	defer func() {
		if err != nil {
			file.Close()
			os.Remove(file.Name())
		}
	}()
	if size, err = io.Copy(io.MultiWriter(claimed, file), content); err != nil {
		return "", 0, err
	}
	if err = file.Sync(); err != nil {
		return "", 0, err
	}
	return file.Name(), size, file.Close() // not every system moves an open file
}

// settle puts a written file in its place, durably.
func (f *Folder) settle(written string, conversation bot.ConversationID, id string, claimed *claim) error {
	folder := f.folder(conversation)
	place := filepath.Join(folder, hashed(id))
	shard := f.shard(folder)
	shard.Lock()
	defer shard.Unlock()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	before := sizeOf(place)
	if err := os.Rename(written, place); err != nil {
		return err
	}
	claimed.settle(before)
	for _, changed := range []string{folder, filepath.Dir(folder), f.root} {
		if err := flushFolder(changed); err != nil {
			return err
		}
	}
	return nil
}

// Open reads a file; see [bridge.Attachments].
func (f *Folder) Open(_ context.Context, conversation bot.ConversationID, id string) (io.ReadSeekCloser, error) {
	file, err := os.Open(filepath.Join(f.folder(conversation), hashed(id)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, bridge.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open attachment: %w", err)
	}
	return file, nil
}

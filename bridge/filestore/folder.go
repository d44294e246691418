package filestore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// aside is the folder in which files are written, before they take their
// place. What is left in it by an earlier run was never kept.
const aside = "unfinished"

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

	mu   sync.Mutex
	used int64
}

var _ bridge.Attachments = (*Folder)(nil)

// Open makes the folder if there is none, readable by its owner alone, and
// counts what is in it.
func Open(root string, o Options) (*Folder, error) {
	f := &Folder{root: root, room: o.Room}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("make folder for attachments: %w", err)
	}
	if err := os.RemoveAll(filepath.Join(root, aside)); err != nil {
		return nil, fmt.Errorf("clear unfinished attachments: %w", err)
	}
	if err := os.Mkdir(filepath.Join(root, aside), 0o700); err != nil {
		return nil, fmt.Errorf("make folder for attachments: %w", err)
	}
	err := filepath.WalkDir(root, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			f.used += info.Size()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count attachments: %w", err)
	}
	return f, nil
}

// Used is how many bytes the files take.
func (f *Folder) Used() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.used
}

// Put keeps a file; see [bridge.Attachments].
func (f *Folder) Put(ctx context.Context, conversation bot.ConversationID, id string, content io.Reader) (int64, error) {
	file, err := os.CreateTemp(filepath.Join(f.root, aside), "*")
	if err != nil {
		return 0, fmt.Errorf("write attachment: %w", err)
	}
	defer os.Remove(file.Name()) // of no effect once it is in its place
	defer file.Close()
	claimed := &claim{folder: f}
	defer claimed.giveBack()
	size, err := io.Copy(io.MultiWriter(claimed, file), heeding{ctx, content})
	if err != nil {
		return 0, fmt.Errorf("write attachment: %w", err)
	}
	if err := file.Sync(); err != nil {
		return 0, fmt.Errorf("write attachment: %w", err)
	}
	place := f.place(conversation, id)
	before := sizeOf(place)
	if err := f.settle(file.Name(), place); err != nil {
		return 0, fmt.Errorf("keep attachment: %w", err)
	}
	claimed.settle(before)
	return size, nil
}

// settle puts a written file in its place, durably.
func (f *Folder) settle(from, place string) error {
	folder := filepath.Dir(place)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.Rename(from, place); err != nil {
		return err
	}
	for _, changed := range []string{folder, filepath.Dir(folder), f.root} {
		if err := flushFolder(changed); err != nil {
			return err
		}
	}
	return nil
}

// Open reads a file; see [bridge.Attachments].
func (f *Folder) Open(_ context.Context, conversation bot.ConversationID, id string) (io.ReadSeekCloser, error) {
	file, err := os.Open(f.place(conversation, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, bridge.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open attachment: %w", err)
	}
	return file, nil
}

// Erase removes a conversation's files; see [bridge.Attachments].
func (f *Folder) Erase(_ context.Context, conversation bot.ConversationID) error {
	folder := f.folder(conversation)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase attachments: %w", err)
	}
	for _, entry := range entries {
		place := filepath.Join(folder, entry.Name())
		size := sizeOf(place)
		if err := os.Remove(place); err != nil {
			return fmt.Errorf("erase attachment: %w", err)
		}
		f.use(-size)
	}
	if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("erase attachments: %w", err)
	}
	return flushFolder(filepath.Dir(folder))
}

func (f *Folder) folder(conversation bot.ConversationID) string {
	name := hashed(string(conversation))
	return filepath.Join(f.root, name[:2], name)
}

func (f *Folder) place(conversation bot.ConversationID, id string) string {
	return filepath.Join(f.folder(conversation), hashed(id))
}

// hashed is a name that any file system takes.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// sizeOf is a file's size; 0: there is none.
func sizeOf(place string) int64 {
	info, err := os.Stat(place)
	if err != nil {
		return 0
	}
	return info.Size()
}

// flushFolder makes the names in a folder durable.
func flushFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

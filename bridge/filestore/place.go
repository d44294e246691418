package filestore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// unfinished is the folder in which files are written, before they take their
// place. What is left in it by an earlier run was never kept.
const unfinished = "unfinished"

// folder is where a conversation's files are: a folder in one of 256 shards.
func (f *Folder) folder(conversation bot.ConversationID) string {
	name := hashed(string(conversation))
	return filepath.Join(f.root, name[:2], name)
}

// shard is the lock of a conversation's folder.
func (f *Folder) shard(folder string) *sync.Mutex {
	first, err := hex.DecodeString(filepath.Base(folder)[:2])
	if err != nil {
		panic(err) // hashed made it
	}
	return &f.shards[first[0]]
}

// hashed is a name that any file system takes.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// isHash reports whether name is of a length in lower case hex.
func isHash(name string, length int) bool {
	return len(name) == length && strings.Trim(name, "0123456789abcdef") == ""
}

// ours refuses a folder in which there is something else, before anything in
// it is cleared away or swept.
func (f *Folder) ours() error {
	entries, err := os.ReadDir(f.root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if name == unfinished || name == "lost+found" || strings.HasPrefix(name, ".") || isHash(name, 2) {
			continue
		}
		return fmt.Errorf("%s has %s in it: name a folder for attachments alone", f.root, name)
	}
	return nil
}

// each calls visit with the folder and place of every file that is kept. What
// goes away meanwhile is passed over.
func (f *Folder) each(visit func(folder, place string) error) error {
	return filepath.WalkDir(f.root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case path == f.root:
			return nil
		case entry.IsDir():
			if !isHash(entry.Name(), 2) && !isHash(entry.Name(), 32) {
				return filepath.SkipDir
			}
			return nil
		case !entry.Type().IsRegular() || !isHash(entry.Name(), 32):
			return nil
		}
		return visit(filepath.Dir(path), path)
	})
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
	if runtime.GOOS == "windows" {
		return nil // it has no such thing
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

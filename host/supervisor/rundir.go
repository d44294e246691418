package supervisor

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

const (
	// maxSocketPath is what fits into a unix socket's address.
	maxSocketPath = 107
	// runDirPrefix begins the name of each host's directory, and runDirMark
	// is a file in it: what has no mark is not ours to remove, whatever its
	// name.
	runDirPrefix = "patchbay-run-"
	runDirMark   = ".patchbay-run"
	// longestBelow is the longest that is put below the place for run
	// directories: host, generation, sockets, and a name as go-plugin's
	// server chooses it.
	longestBelow = len("/" + runDirPrefix + "1234567890/99999/s/plugin1234567890")
	// freshPrefix is that of one which is not locked yet.
	freshPrefix = ".new-" + runDirPrefix
)

// runDir is one host's directory for what its processes need: 0700, and gone
// when the host is. It is locked as long as the host lives, so that the next
// one can tell what a killed host has left.
type runDir struct {
	path string
	lock *os.File
	last atomic.Int64
}

// runParent is where run directories are made: the configured place, the
// user's runtime directory, or the one for temporary files.
func runParent(configured string) string {
	if configured != "" {
		return configured
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return dir
	}
	return os.TempDir()
}

// checkRunParent says whether sockets below parent have addresses that fit.
func checkRunParent(parent string) error {
	if !filepath.IsAbs(parent) {
		return fmt.Errorf("run directory %q is not an absolute path", parent)
	}
	if most := maxSocketPath - longestBelow; len(parent) > most {
		return fmt.Errorf("run directory %q is too long: it has %d bytes, at most %d leave room for the name of a unix socket; choose a shorter one",
			parent, len(parent), most)
	}
	return nil
}

// openRunDir makes a directory below parent, and removes those of hosts that
// are gone.
func openRunDir(parent string) (*runDir, error) {
	if err := checkRunParent(parent); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("make run directory: %w", err)
	}
	sweep(parent)
	path, lock, err := makeLocked(parent)
	if err != nil {
		return nil, fmt.Errorf("make run directory: %w", err)
	}
	return &runDir{path: path, lock: lock}, nil
}

// makeLocked makes a directory and locks it before it gets its name: whoever
// sees one that is not locked can believe it.
func makeLocked(parent string) (path string, lock *os.File, err error) {
	fresh, err := os.MkdirTemp(parent, freshPrefix)
	if err != nil {
		return "", nil, err
	}
	if lock, err = lockDir(fresh); err == nil {
		err = os.WriteFile(filepath.Join(fresh, runDirMark), nil, 0o600)
	}
	if err != nil {
		_ = os.RemoveAll(fresh)
		closeAll(lock)
		return "", nil, err
	}
	path = filepath.Join(parent, runDirPrefix+strings.TrimPrefix(filepath.Base(fresh), freshPrefix))
	if err := os.Rename(fresh, path); err != nil {
		_ = os.RemoveAll(fresh)
		closeAll(lock)
		return "", nil, err
	}
	return path, lock, nil
}

// lockDir locks a directory until the answer is closed or this process ends.
// Cleaners of temporary directories respect such locks too.
func lockDir(path string) (*os.File, error) {
	dir, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		closeAll(dir)
		return nil, err
	}
	return dir, nil
}

// sweep removes the directories of hosts that are gone, those that had not got
// their name yet, too: ours by owner and by mark, locked by nobody. Best effort.
func sweep(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, entry := range entries {
		if name := entry.Name(); !entry.IsDir() || !strings.HasPrefix(name, runDirPrefix) && !strings.HasPrefix(name, freshPrefix) {
			continue
		}
		path := filepath.Join(parent, entry.Name())
		info, err := os.Lstat(path)
		if err != nil || !ownedByUs(info) {
			continue
		}
		if mark, err := os.Lstat(filepath.Join(path, runDirMark)); err != nil || !mark.Mode().IsRegular() {
			continue
		}
		if lock, err := lockDir(path); err == nil {
			_ = os.RemoveAll(path)
			closeAll(lock)
		}
	}
}

func ownedByUs(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// close removes everything.
func (r *runDir) close() error {
	defer closeAll(r.lock)
	return os.RemoveAll(r.path)
}

// genDir is the directory of one generation.
type genDir string

func (d genDir) sockets() string { return filepath.Join(string(d), "s") }
func (d genDir) home() string    { return filepath.Join(string(d), "home") }
func (d genDir) temp() string    { return filepath.Join(string(d), "tmp") }

// next makes the directory of one more generation. Its rights do not depend
// on the umask.
func (r *runDir) next() (genDir, error) {
	dir := genDir(filepath.Join(r.path, strconv.FormatInt(r.last.Add(1), 10)))
	for _, path := range []string{string(dir), dir.sockets(), dir.home(), dir.temp()} {
		if err := os.Mkdir(path, 0o700); err != nil {
			return "", fmt.Errorf("make directory: %w", err)
		}
		if err := os.Chmod(path, 0o700); err != nil {
			return "", fmt.Errorf("make directory: %w", err)
		}
	}
	return dir, nil
}

// remove removes the directory of a generation that is gone.
func (d genDir) remove() error { return os.RemoveAll(string(d)) }

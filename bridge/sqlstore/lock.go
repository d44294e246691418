package sqlstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// LockedError says that another process has the store open.
type LockedError struct {
	// Path of the store's file.
	Path string
	// PID of the process that has it open; 0: unknown.
	PID int
}

// Error names the process and the file.
func (e *LockedError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s is in use by %s: stop that one, or give this host a store of its own", e.Path, who)
}

// errHeld is what lockFile answers when somebody else has the lock.
var errHeld = errors.New("held by another process")

// locked is the lock beside a store's file: the pid of the process that has
// it, and a word on a line of its own if the file has been a store before.
type locked struct {
	file *os.File
	// unclean: whoever had it before was cut off. used: the file has been
	// opened as a store.
	unclean, used bool
}

// usedMark is that word.
const usedMark = "store"

// lock takes the exclusive lock beside the store's file; the end of the process
// releases it. The lock's file is left behind: removing it would let two
// processes lock two files. If it still names a process, that one was cut off.
func lock(path string) (*locked, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	l := &locked{file: f}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if errors.Is(err, errHeld) {
			pid, _ := l.read()
			return nil, &LockedError{Path: path, PID: pid}
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	pid, used := l.read()
	l.unclean, l.used = pid != 0, used
	if err := l.write(os.Getpid()); err != nil {
		f.Close()
		return nil, fmt.Errorf("write lock: %w", err)
	}
	return l, nil
}

// opened notes that the file is a store.
func (l *locked) opened() error {
	l.used = true
	return l.write(os.Getpid())
}

// release gives the lock back, as after an orderly end.
func (l *locked) release() error { return errors.Join(l.write(0), l.file.Close()) }

// abandon gives the lock back, as after an end that was not.
func (l *locked) abandon() error { return l.file.Close() }

func (l *locked) read() (pid int, used bool) {
	text, err := io.ReadAll(io.NewSectionReader(l.file, 0, 64))
	if err != nil {
		return 0, false
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		pid = 0
	}
	return pid, strings.HasPrefix(rest, usedMark)
}

// write writes over what is there before it cuts what is left of it: on a full
// disk the lock goes on saying what it said.
func (l *locked) write(pid int) error {
	text := ""
	if pid != 0 {
		text = strconv.Itoa(pid)
	}
	text += "\n"
	if l.used {
		text += usedMark + "\n"
	}
	if _, err := l.file.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	return l.file.Truncate(int64(len(text)))
}

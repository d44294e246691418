package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
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

// lock takes the exclusive lock beside the store's file; closing the answer
// releases it, and so does the end of the process. The lock's file is left
// behind: removing it would let two processes lock two files. If it still
// names a process, that one was cut off.
func lock(path string) (f *os.File, unclean bool, err error) {
	f, err = os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, false, fmt.Errorf("open lock: %w", err)
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if errors.Is(err, errHeld) {
			return nil, false, &LockedError{Path: path, PID: readPID(f)}
		}
		return nil, false, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	unclean = readPID(f) != 0
	if err := writePID(f); err != nil {
		f.Close()
		return nil, false, fmt.Errorf("write lock: %w", err)
	}
	return f, unclean, nil
}

// unlock releases the lock, as after an orderly end.
func unlock(f *os.File) error { return errors.Join(f.Truncate(0), f.Close()) }

func readPID(f *os.File) int {
	text, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil {
		return 0
	}
	return pid
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

package sqlstore

import (
	"math"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks a byte far behind the content, so that the process id in
// front of it stays readable.
func lockFile(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := &windows.Overlapped{Offset: math.MaxInt32}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, at)
	if err == windows.ERROR_LOCK_VIOLATION {
		return errHeld
	}
	return err
}

package sqlstore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/patchbay-host/patchbay/bridge"
)

// code is SQLite's code of an error, extended; 0: it is none of SQLite's.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// explain says of an error about the files what would help.
func explain(err error) error {
	var text string
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), code(err)&0xff == sqlite3.SQLITE_FULL:
		text = "the disk is full: make room on it"
	case errors.Is(err, syscall.EFBIG), code(err) == sqlite3.SQLITE_IOERR_WRITE:
		text = "the disk takes nothing more: is it full, over a quota or a limit for files, or failing?"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), code(err)&0xff == sqlite3.SQLITE_READONLY:
		text = "it cannot be written: the file and its folder must be writable for the user that patchbay runs as, on a disk that is not mounted read-only"
	case code(err)&0xff == sqlite3.SQLITE_CANTOPEN:
		text = "its files cannot be made: its folder must be writable for the user that patchbay runs as"
	case code(err)&0xff == sqlite3.SQLITE_NOTADB:
		text = "the file is not a SQLite database: name another one, or move it away; if it was the store, its head is damaged: restore a copy"
	case unreadable(err) && !isDamaged(err):
		return damaged(err)
	default:
		return err
	}
	return fmt.Errorf("%s: %w", text, err)
}

// damaged says what helps a file that cannot be read.
func damaged(err error) error {
	return fmt.Errorf("the file is damaged; it was left as it is: restore a copy, or see what `patchbay store check` says, "+
		"and let `patchbay store recover` write what can be read to a new file: %w", err)
}

func isDamaged(err error) bool {
	_, ok := errors.AsType[*DamagedError](err)
	return ok
}

// unreadable reports whether an error of SQLite's is about what it has read.
func unreadable(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS:
		return true
	}
	return code(err)&0xff == sqlite3.SQLITE_CORRUPT || misread(err)
}

// misread reports whether a column did not have what belongs into it: nothing
// that was written here reads so.
func misread(err error) bool {
	return err != nil && strings.Contains(err.Error(), "sql: Scan error on column")
}

// asUnreadable marks an error about what was read as [bridge.ErrUnreadable].
func asUnreadable(err error) error {
	if unreadable(err) {
		return fmt.Errorf("%w: %w", bridge.ErrUnreadable, err)
	}
	return err
}

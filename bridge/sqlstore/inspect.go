package sqlstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// sqliteMagic is how every SQLite database begins.
const sqliteMagic = "SQLite format 3\x00"

// DamagedError says that a store's files cannot be read, or not all of them.
// They were left as they are.
type DamagedError struct {
	// Path of the store's file.
	Path string
	// Err is what is wrong with it.
	Err error
}

// Error says what helps.
func (e *DamagedError) Error() string { return damaged(e.Err).Error() }

// Unwrap is what is wrong.
func (e *DamagedError) Unwrap() error { return e.Err }

// inspect looks at the files before SQLite does, which takes what does not
// hold for the rest of something that was cut off, and writes over it or
// removes it. It reads the WAL, and of the database a hundred bytes. Used says
// that the file has been a store before. The caller has the lock.
func inspect(path string, used bool) (*wal, error) {
	w, err := readWAL(path)
	if err != nil {
		return nil, err
	}
	head, size, err := readHead(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var wrong error
	switch {
	case err != nil && len(w.frames) > 0:
		wrong = fmt.Errorf("%s-wal is there, without the file that it belongs to", path)
	case err != nil:
	case size == 0 && (used || len(w.frames) > 0):
		wrong = errors.New("it is empty, and has not always been")
	case size > 0 && used && string(head[:len(sqliteMagic)]) != sqliteMagic:
		wrong = errors.New("its head is no database's")
	case w.lost() != nil:
		wrong = w.lost()
	case string(head[:len(sqliteMagic)]) == sqliteMagic:
		wrong = w.cut(head, size)
	}
	if wrong != nil {
		return w, &DamagedError{Path: path, Err: wrong}
	}
	return w, nil
}

// readHead reads a database's first bytes and its size.
func readHead(path string) (head [100]byte, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return head, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return head, 0, err
	}
	if !info.Mode().IsRegular() {
		return head, 0, errors.New("it is not a file")
	}
	if _, err := io.ReadFull(file, head[:]); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return head, 0, err
	}
	return head, info.Size(), nil
}

// cut reports pages at the end of the database that are neither in the file
// nor in the WAL.
func (w *wal) cut(head [100]byte, size int64) error {
	pageSize := int64(binary.BigEndian.Uint16(head[16:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	pages := binary.BigEndian.Uint32(head[28:])
	if w.size != 0 {
		pages = w.size
	}
	if pageSize < 512 || pages == 0 {
		return nil // SQLite says what is wrong with it
	}
	there := uint32(min(size/pageSize, int64(pages)))
	if there == pages {
		return nil
	}
	inWAL := map[uint32]bool{}
	for _, f := range w.frames[:w.committed] {
		if f.page > there && f.page <= pages {
			inWAL[f.page] = true
		}
	}
	if missing := pages - there - uint32(len(inWAL)); missing > 0 {
		return fmt.Errorf("it is cut: %d of its %d pages are missing", missing, pages)
	}
	return nil
}

// setAside keeps a copy of a WAL of which the end cannot be read, before
// SQLite writes over it. It answers the copy's name.
func (w *wal) setAside(path string) (string, error) {
	name := fmt.Sprintf("%s-wal.unread-%x-%d", path, w.salt, w.committed)
	if _, err := os.Stat(name); err == nil {
		return name, nil // by a start that came no further
	}
	if err := copyFile(path+"-wal", name+".tmp"); err != nil {
		return "", fmt.Errorf("keep a copy of %s-wal: %w", path, err)
	}
	return name, os.Rename(name+".tmp", name)
}

// copyFile copies a file, durably.
func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, source)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		os.Remove(to) // what it is a copy of stays
	}
	return err
}

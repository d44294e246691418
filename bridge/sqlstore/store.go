package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/patchbay-host/patchbay/bridge"
)

// errClosed is what a closed store answers.
var errClosed = errors.New("the store is closed")

// Store is a [bridge.Store] in one SQLite file. Make one with [Open].
type Store struct {
	path    string
	options Options
	lock    *locked
	// unclean: the host before was cut off. marked: so Close leaves the store,
	// as if this one were.
	unclean bool
	marked  atomic.Bool
	term    int64
	hasher  hasher

	read *reader

	// writing is held by the one that writes. It guards what follows.
	writing  sync.Mutex
	write    *writer // nil after an error, until the file is read again
	position int64   // of the journal's newest row
	days     takenDays
	closed   bool

	// memory is replaced when the file is read again.
	memory  atomic.Pointer[memory]
	keeper  *keeper
	trouble trouble
}

var _ bridge.Store = (*Store)(nil)

// ready makes sure that there is a writer and that the memory says what the
// file says. The caller holds s.writing.
func (s *Store) ready(ctx context.Context) error {
	if s.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.write != nil {
		return nil
	}
	if err := s.Unwritable(); err != nil {
		return err
	}
	if err := s.reload(ctx); err != nil {
		return s.failed(err, 0)
	}
	return nil
}

// distrust forgets the writer, after an error that leaves in doubt what the
// file holds: the next one to write reads everything again. Until then readers
// go on with the memory, which has only what was acknowledged. The caller
// holds s.writing.
func (s *Store) distrust() {
	if s.write != nil {
		s.write.close() // the error that led here is the one to tell
		s.write = nil
	}
}

// errFenced: another host has opened the file since.
var errFenced = errors.New("another host has opened the store")

// owned reports whether this host is still the one that commits: whoever opens
// the file after it raises the term. The lock should have kept them out, but
// locks get lost, with the file they are on or on network file systems. Part
// of a transaction.
func (s *Store) owned() (bool, error) {
	var term int64
	if err := s.write.one(queryTerm, nil, &term); err != nil {
		return false, fmt.Errorf("read term: %w", err)
	}
	return term == s.term, nil
}

// Unclean reports whether the host that had the file before was cut off: it
// may have begun something that the file does not know of.
func (s *Store) Unclean() bool { return s.unclean }

// SetUnclean says whether [Store.Close] leaves the store as one whose host was
// cut off. Without it the store is left as it was found.
func (s *Store) SetUnclean(unclean bool) { s.marked.Store(unclean) }

// Close writes what is behind, ends the store's work and releases its lock.
// Idempotent.
func (s *Store) Close() error {
	s.keeper.stop()
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.keeper.disarm()
	var errs []error
	if s.write != nil {
		errs = append(errs, s.flushAll())
	}
	errs = append(errs, s.read.close())
	if s.write != nil {
		errs = append(errs, s.write.close())
		s.write = nil
	}
	unwritable := s.Unwritable() != nil
	if unwritable {
		s.trouble.stop()
	}
	if unwritable || s.marked.Load() { // what was begun may not be in the file, as after a cut
		errs = append(errs, s.lock.abandon())
	} else {
		errs = append(errs, s.lock.release())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", s.path, err)
	}
	return nil
}

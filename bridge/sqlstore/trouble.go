package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

const (
	// probeEvery is how long after a failed attempt to write the next is made,
	// while nothing can be written.
	probeEvery = time.Second
	// What an attempt writes at least and at most: as much as what did not
	// fit, so that a store does not go to and fro for a disk that has only a
	// few bytes left.
	probeLeast, probeMost = 64 << 10, 8 << 20
)

// trouble is why nothing can be written, as long as that is so. Commits are
// refused meanwhile without trying: one attempt a second, by the keeper, tells
// when it is over, whether there are any commits or not.
type trouble struct {
	mu    sync.Mutex
	err   error // nil: none
	since time.Time
	bytes int
	stop  func() bool
}

// Unwritable tells why nothing can be written at the moment; nil: it can. It
// never blocks for long, and is safe for concurrent use.
func (s *Store) Unwritable() error {
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	if s.trouble.err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", bridge.ErrUnwritable, s.trouble.err)
}

// failed takes note of an attempt to write bytes that has failed: what is in
// memory is given up, and whether that was all is tried at once. The answer is
// the error to pass on. The caller holds s.writing.
func (s *Store) failed(err error, bytes int) error {
	s.distrust()
	if errors.Is(err, errFenced) {
		return err
	}
	again := s.probe(bytes)
	if again == nil {
		return explain(err)
	}
	t := &s.trouble
	t.mu.Lock()
	t.err, t.bytes, t.since = explain(again), bytes, s.now()
	t.mu.Unlock()
	s.options.Log.Error("the store cannot be written: nothing is acknowledged until it can, and then all goes on by itself",
		"path", s.path, "err", explain(again))
	s.probeLater()
	return s.Unwritable()
}

func (s *Store) probeLater() {
	stop := s.options.Clock.AfterFunc(probeEvery, func() { signal(s.keeper.probe) })
	s.trouble.mu.Lock()
	defer s.trouble.mu.Unlock()
	s.trouble.stop = stop
}

// probe finds out whether as much as bytes can be written, and then reads the
// file into memory again. The caller holds s.writing, and there is no writer.
func (s *Store) probe(bytes int) error {
	w, err := openWriter(context.Background(), s.path, s.options)
	if err != nil {
		return err
	}
	if err := s.probeWith(w, min(max(bytes, probeLeast), probeMost)); err != nil {
		w.close()
		return err
	}
	if err := s.readFile(w); err != nil {
		w.close()
		return fmt.Errorf("read journal: %w", err)
	}
	s.write = w
	return nil
}

// probeWith writes so many bytes, durably, and removes them again. A host that
// is not the owner any more leaves the file alone.
func (s *Store) probeWith(w *writer, bytes int) error {
	ours := false
	err := w.transact(func() error {
		var term int64
		if err := w.one(queryTerm, nil, &term); err != nil {
			return fmt.Errorf("read term: %w", err)
		}
		if ours = term == s.term; !ours {
			return nil
		}
		return w.exec(queryPutRoom, bytes)
	})
	if err != nil || !ours {
		return err
	}
	return w.transact(func() error { return w.exec(queryDropRoom) })
}

// recover tries whether the store can be written again, and says so.
func (s *Store) recover() {
	s.writing.Lock()
	defer s.writing.Unlock()
	t := &s.trouble
	if s.closed || s.Unwritable() == nil {
		return
	}
	err := s.probe(t.bytes)
	t.mu.Lock()
	before := t.err
	if err != nil {
		t.err = explain(err)
	} else {
		t.err = nil
	}
	since := t.since
	t.mu.Unlock()
	if err != nil {
		if before.Error() != explain(err).Error() {
			s.options.Log.Error("the store still cannot be written", "path", s.path, "err", explain(err))
		}
		s.probeLater()
		return
	}
	s.options.Log.Info("the store can be written again", "path", s.path,
		"after", s.now().Sub(since).Round(time.Millisecond))
	s.keeper.committed(0, s.memory.Load().behind())
}

package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// Open opens the store in the file at path, or makes it; "sqlite:" may stand
// in front. A file of an older version is upgraded, one of a newer version is
// refused with a [*NewerError], one that another process has open with a
// [*LockedError]. The store works until Close.
func Open(ctx context.Context, path string, options Options) (*Store, error) {
	if strings.HasPrefix(path, "postgres:") || strings.HasPrefix(path, "postgresql:") {
		return nil, errors.New("open store: PostgreSQL is not supported yet: name a file, as in sqlite:patchbay.db")
	}
	path = strings.TrimPrefix(path, "sqlite:")
	s, err := open(ctx, path, options.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string, options Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // one file, one lock
	}
	held, err := lock(path)
	if err != nil {
		return nil, explain(err)
	}
	s := &Store{path: path, options: options, lock: held, unclean: held.unclean}
	s.marked.Store(held.unclean)
	s.memory.Store(newMemory())
	if err := s.start(ctx); err != nil {
		s.distrust()
		if s.read != nil {
			s.read.close()
		}
		_ = held.abandon() // the error that led here is the one to tell
		return nil, explain(err)
	}
	s.keeper = newKeeper(s)
	return s, nil
}

// start brings the file up to date and reads what belongs into memory.
func (s *Store) start(ctx context.Context) error {
	w, err := s.look()
	if err != nil {
		return err
	}
	known := false
	if len(w.frames) > 0 {
		if known, err = s.rehearse(ctx); err != nil {
			return err
		}
	}
	changed, err := migrate(ctx, s.path, s.options, migrations())
	if err != nil {
		return err
	}
	if known && !changed {
		s.write, err = openWriter(ctx, s.path, s.options)
	} else {
		err = s.reload(ctx)
	}
	if err != nil {
		return err
	}
	err = s.write.transact(func() error {
		if err := s.write.one(queryRaiseTerm, []any{s.options.Host}, &s.term); err != nil {
			return fmt.Errorf("raise term: %w", err)
		}
		return s.readKey()
	})
	if err != nil {
		return err
	}
	if s.read, err = openReader(s.path); err != nil {
		return err
	}
	return s.lock.opened()
}

// rehearse reads by a connection that cannot write what the store is going to
// need: one that can copies the WAL into the database when it is closed, even
// if that is because something cannot be read. Known: the memory is as the file
// is. What is wrong besides damage is found again.
func (s *Store) rehearse(ctx context.Context) (known bool, err error) {
	db, err := connectIn(url.Values{"mode": {"ro"}}, s.path, 1)
	if err != nil {
		return false, err
	}
	version, err := readVersion(ctx, db)
	if err != nil {
		db.Close()
		return false, err
	}
	w, err := newWriter(ctx, db)
	if err != nil {
		return false, err
	}
	defer w.close()
	var term sql.NullInt64 // none, if the first host did not come that far
	var key []byte
	noKey := w.one(queryMeta, []any{"hash_key"}, &key)
	if errors.Is(noKey, sql.ErrNoRows) && !s.lock.used {
		noKey = nil
	}
	for _, err := range []error{w.one(queryTerm, nil, &term), noKey, s.readFile(w)} {
		if unreadable(err) || err != nil && version == knownVersion() {
			return false, &DamagedError{Path: s.path, Err: err}
		}
		known = err == nil
	}
	return known, nil
}

// look refuses files that SQLite would repair by losing something.
func (s *Store) look() (*wal, error) {
	w, err := inspect(s.path, s.lock.used)
	if err != nil || w.after == 0 {
		return w, err
	}
	copied, err := w.setAside(s.path)
	if err != nil {
		return nil, err
	}
	s.options.Log.Warn("the last commit in the store's WAL cannot be read: the end of the machine may have cut it off before "+
		"anybody was told that it was durable. The store goes on without it; a copy of the WAL is kept, to be removed by hand",
		"path", s.path, "copy", copied)
	return w, nil
}

// readKey reads the key of the event ids' hashes, and makes it first if the
// store is new.
func (s *Store) readKey() error {
	var key []byte
	err := s.write.one(queryMeta, []any{"hash_key"}, &key)
	if errors.Is(err, sql.ErrNoRows) {
		key = make([]byte, len(s.hasher.key))
		rand.Read(key)
		err = s.write.exec(queryPutMeta, "hash_key", key)
	}
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	if copy(s.hasher.key[:], key) != len(s.hasher.key) {
		return fmt.Errorf("read key: it has %d bytes", len(key))
	}
	return nil
}

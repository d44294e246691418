package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// rowColumns is how many columns a journal row has.
const rowColumns = 12

// append writes journal rows, given as their columns one after the other. Part
// of a transaction.
func (w *writer) append(columns []any) error {
	if err := w.execRows(queryAppend, rowColumns, columns); err != nil {
		return fmt.Errorf("append to journal: %w", err)
	}
	return nil
}

// head is a conversation's, from memory or else from the table; one without a
// position if there is none. The caller holds s.writing.
func (s *Store) head(id bot.ConversationID) (*head, error) {
	memory := s.memory.Load()
	if h := memory.head(id); h != nil {
		return h, nil
	}
	h, err := scanHead(func(into ...any) error { return s.write.one(queryHead, []any{string(id)}, into...) })
	if errors.Is(err, sql.ErrNoRows) {
		return &head{id: id}, nil
	}
	if err != nil {
		return nil, asUnreadable(err)
	}
	memory.remember(h)
	return h, nil
}

// scanHead reads the columns of a head.
func scanHead(scan func(into ...any) error) (*head, error) {
	var h head
	err := scan(&h.first, &h.id, &h.position, &h.leap, &h.number, &h.desk, &h.cursors.Desk, &h.cursors.Observe,
		&h.channel, &h.holder, &h.due, &h.turn)
	if err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	return &h, nil
}

// reload opens a writer and reads into memory what the file has in its journal
// and not yet anywhere else. The caller holds s.writing.
func (s *Store) reload(ctx context.Context) error {
	w, err := openWriter(ctx, s.path, s.options)
	if err != nil {
		return err
	}
	if err := s.readFile(w); err != nil {
		w.close()
		return fmt.Errorf("read journal: %w", err)
	}
	s.write = w
	return nil
}

func (s *Store) readFile(w *writer) error {
	var checkpoint, position int64
	err := w.one(queryMeta, []any{"checkpoint"}, &checkpoint)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := w.one(queryPosition, nil, &position); err != nil {
		return err
	}
	position = max(position, checkpoint) // the newest rows may have been erased
	days, err := w.readDays()
	if err != nil {
		return err
	}
	memory, err := w.readTail(checkpoint)
	if err != nil {
		return err
	}
	s.position, s.days = position, days
	s.memory.Store(memory)
	return nil
}

// tailRow is the newest row of a conversation in the tail.
type tailRow struct {
	head
	state []byte
}

// readTail rebuilds the heads and hashes of the rows after the checkpoint.
func (w *writer) readTail(checkpoint int64) (*memory, error) {
	rows, err := w.query(queryTail, checkpoint)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	memory, newest := newMemory(), map[bot.ConversationID]*tailRow{}
	for rows.Next() {
		var row tailRow
		var previous, leap, base int64
		var taken []byte
		err := rows.Scan(&row.position, &previous, &leap, &base, &row.number, &row.desk,
			&row.cursors.Desk, &row.cursors.Observe, &row.id, &taken, &row.state)
		if err != nil {
			return nil, err
		}
		row.leap = nextLeap(row.position, leap, base, row.number)
		switch before := newest[row.id]; {
		case before != nil:
			row.first = before.first
		case previous == 0:
			row.first = row.position
		}
		newest[row.id] = &row
		for _, hash := range unpackHashes(taken) {
			memory.recent[hash] = struct{}{}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for id, row := range newest {
		if err := w.complete(row); err != nil {
			return nil, err
		}
		memory.dirty[id] = &row.head
	}
	return memory, nil
}

// complete adds what a row does not say about its head: what the conversation
// says, and what the table may know better.
func (w *writer) complete(row *tailRow) error {
	// One that cannot be read has nothing to do; whoever asks for it is told.
	unread := row.describeState(row.state)
	known, err := scanHead(func(into ...any) error { return w.one(queryHead, []any{string(row.id)}, into...) })
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	if unread != nil {
		row.channel, row.holder = known.channel, known.holder
	}
	row.first = known.first
	row.head = *row.advanced(known.cursors)
	return nil
}

// SaveCursors writes cursors behind. See [bridge.Store].
func (s *Store) SaveCursors(ctx context.Context, cursors map[bot.ConversationID]bridge.Cursors) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.ready(ctx); err != nil {
		return fmt.Errorf("save cursors: %w", err)
	}
	heads := map[bot.ConversationID]*head{}
	for id, c := range cursors {
		h, err := s.head(id)
		if err != nil {
			return fmt.Errorf("save cursors: %w", err)
		}
		if next := h.advanced(c); h.position != 0 && next.cursors != h.cursors {
			heads[id] = next
		}
	}
	memory := s.memory.Load()
	memory.change(heads)
	s.keeper.committed(0, memory.behind())
	return nil
}

package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Erase removes a conversation: the rows of its journal, its head, its
// tickets and the events that wait for them. See [bridge.Store]. What is
// removed is overwritten with zeros in the database (secure_delete); README.md
// says what remains elsewhere, and for how long.
func (s *Store) Erase(ctx context.Context, e bridge.Erasure) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.ready(ctx); err != nil {
		return fmt.Errorf("erase conversation: %w", err)
	}
	err := s.erase(e)
	if errors.Is(err, bridge.ErrNotFound) {
		return fmt.Errorf("erase conversation: %w", err)
	}
	if err != nil {
		return fmt.Errorf("erase conversation: %w", s.failed(err, 0))
	}
	signal(s.keeper.checkpoint)
	return nil
}

func (s *Store) erase(e bridge.Erasure) error {
	if e.Done {
		return s.write.transact(func() error { return s.write.exec(queryForgetErased, string(e.Conversation)) })
	}
	// What its rows alone know, the hashes of its events, goes to its place.
	if err := s.flushAll(); err != nil {
		return err
	}
	h, err := s.head(e.Conversation)
	if err != nil {
		return err
	}
	if h.position == 0 {
		return bridge.ErrNotFound
	}
	if err := s.write.exec(`PRAGMA secure_delete = 1`); err != nil {
		return err
	}
	err = s.write.transact(func() error {
		if owned, err := s.owned(); err != nil || !owned {
			return fmt.Errorf("%w: %w", bridge.ErrConflict, errFenced)
		}
		id := string(e.Conversation)
		for _, step := range []struct {
			query string
			arg   any
		}{
			{queryBlankJournal, h.position}, {queryEraseJournal, h.position}, {queryEraseParked, id}, {queryEraseTickets, id}, {queryEraseHead, id}, {queryPutErased, id},
		} {
			if err := s.write.exec(step.query, step.arg); err != nil {
				return err
			}
		}
		for _, event := range e.Again {
			for slot := range slotNames {
				if err := s.write.exec(queryEraseTaken(slot), s.hasher.sum(event)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	memory := s.memory.Load()
	memory.forget(e.Conversation)
	for _, event := range e.Again {
		delete(memory.recent, s.hasher.sum(event))
	}
	return s.write.exec(`PRAGMA secure_delete = FAST`)
}

// forget drops the head of a conversation that is no more.
func (m *memory) forget(id bot.ConversationID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.dirty, id)
	delete(m.clean, id)
	delete(m.stale, id)
}

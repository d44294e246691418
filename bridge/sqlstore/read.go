package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// find is a conversation's head for readers. [bridge.ErrNotFound] if there is
// no conversation.
// [bridge.ErrUnreadable] if it cannot be told.
func (s *Store) find(ctx context.Context, id bot.ConversationID) (*head, error) {
	if h := s.memory.Load().head(id); h != nil {
		return h, nil
	}
	h, err := scanHead(func(into ...any) error { return s.read.one(ctx, queryHead, []any{string(id)}, into...) })
	if errors.Is(err, sql.ErrNoRows) {
		return nil, bridge.ErrNotFound
	}
	if err != nil {
		return nil, asUnreadable(err)
	}
	return h, nil
}

// conversation reads what a head stands for.
func (s *Store) conversation(ctx context.Context, h *head) (c lifecycle.Conversation, err error) {
	var state []byte
	if err := s.read.one(ctx, queryState, []any{h.position}, &state); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			if now, err := s.find(ctx, h.id); errors.Is(err, bridge.ErrNotFound) || err == nil && now.first != h.first {
				return c, bridge.ErrNotFound // erased meanwhile
			}
			err = fmt.Errorf("%w: its row %d is gone", bridge.ErrUnreadable, h.position)
		}
		return c, fmt.Errorf("read conversation: %w", asUnreadable(err))
	}
	return c, decodeState(state, h, &c)
}

// decodeState reads a conversation, and holds it against its head.
func decodeState(state []byte, h *head, c *lifecycle.Conversation) error {
	if err := json.Unmarshal(state, c); err != nil {
		return fmt.Errorf("read conversation: %w: row %d: %w", bridge.ErrUnreadable, h.position, err)
	}
	if c.ID != h.id || c.Number != h.number {
		return fmt.Errorf("read conversation: %w: row %d is not its newest", bridge.ErrUnreadable, h.position)
	}
	return nil
}

// Load reads a conversation. See [bridge.Store].
func (s *Store) Load(ctx context.Context, id bot.ConversationID) (bridge.Stored, error) {
	h, err := s.find(ctx, id)
	if err != nil {
		return bridge.Stored{}, fmt.Errorf("load conversation: %w", err)
	}
	c, err := s.conversation(ctx, h)
	if err != nil {
		return bridge.Stored{}, fmt.Errorf("load conversation: %w", err)
	}
	return bridge.Stored{Conversation: c, Cursors: h.cursors}, nil
}

// Entries reads the journal forwards. See [bridge.Store]; [bridge.ErrNotFound]
// if there is no conversation.
func (s *Store) Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error) {
	h, err := s.find(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	after = max(after, 0)
	through := h.number
	if int64(limit) < math.MaxInt64-after {
		through = min(through, after+int64(limit))
	}
	return s.entries(ctx, h, after, through)
}

// Last reads the journal's end. See [bridge.Store]; [bridge.ErrNotFound] if
// there is no conversation.
func (s *Store) Last(ctx context.Context, id bot.ConversationID, through int64, limit int) ([]lifecycle.Entry, error) {
	h, err := s.find(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	if through == 0 || through > h.number {
		through = h.number
	}
	return s.entries(ctx, h, max(0, through-int64(limit)), through)
}

// entries reads those numbered after+1 to through, oldest first.
func (s *Store) entries(ctx context.Context, h *head, after, through int64) ([]lifecycle.Entry, error) {
	if after >= through {
		return nil, nil
	}
	entries, err := s.walk(ctx, h, after, through)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", asUnreadable(err))
	}
	if got := int64(len(entries)); got != through-after {
		return nil, fmt.Errorf("read entries: %w: of %d entries %d are there", bridge.ErrUnreadable, through-after, got)
	}
	return entries, nil
}

// walk reads the rows with those entries. Each must be the conversation's own,
// and its entries must follow from those before.
func (s *Store) walk(ctx context.Context, h *head, after, through int64) ([]lifecycle.Entry, error) {
	rows, err := s.read.query(ctx, queryWalk, through, h.position, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []lifecycle.Entry
	next := after + 1
	for rows.Next() {
		var id bot.ConversationID
		var text sql.RawBytes
		var some []lifecycle.Entry
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		if id != h.id {
			return nil, fmt.Errorf("%w: a row of another one is among its own", bridge.ErrUnreadable)
		}
		if err := json.Unmarshal(text, &some); err != nil {
			return nil, fmt.Errorf("%w: after entry %d: %w", bridge.ErrUnreadable, next-1, err)
		}
		for _, entry := range some {
			if entry.Number < next || entry.Number > through {
				continue
			}
			if entry.Number != next {
				return nil, fmt.Errorf("%w: entry %d is missing", bridge.ErrUnreadable, next)
			}
			entries = append(entries, entry)
			next++
		}
	}
	return entries, rows.Err()
}

// Ticket finds the conversation that a ticket is bound to. See [bridge.Store].
func (s *Store) Ticket(ctx context.Context, desk, ticket string) (bot.ConversationID, error) {
	var id bot.ConversationID
	err := s.read.one(ctx, queryTicket, []any{desk, ticket}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		err = bridge.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find ticket: %w", err)
	}
	return id, nil
}

// Parked lists the events that wait for their ticket. See [bridge.Store].
func (s *Store) Parked(ctx context.Context, desk, ticket string) ([]bridge.Parked, error) {
	query, args := queryParked, []any{desk, ticket}
	if ticket == "" {
		query, args = queryAllParked, nil
	}
	rows, err := s.read.query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list parked events: %w", err)
	}
	defer rows.Close()
	var parked []bridge.Parked
	for rows.Next() {
		var p bridge.Parked
		var event []byte
		if err := rows.Scan(&p.ID, &event); err != nil {
			return nil, fmt.Errorf("list parked events: %w", err)
		}
		if err := json.Unmarshal(event, &p.Event); err != nil {
			return nil, fmt.Errorf("read parked event: %w", err)
		}
		parked = append(parked, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list parked events: %w", err)
	}
	return parked, nil
}

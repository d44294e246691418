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
func (s *Store) find(ctx context.Context, id bot.ConversationID) (*head, error) {
	if h := s.memory.Load().head(id); h != nil {
		return h, nil
	}
	h, err := scanHead(func(into ...any) error { return s.read.one(ctx, queryHead, []any{string(id)}, into...) })
	if errors.Is(err, sql.ErrNoRows) {
		return nil, bridge.ErrNotFound
	}
	return h, err
}

// conversation reads what a head stands for.
func (s *Store) conversation(ctx context.Context, h *head) (c lifecycle.Conversation, err error) {
	var state []byte
	if err := s.read.one(ctx, queryState, []any{h.position}, &state); err != nil {
		return c, fmt.Errorf("read conversation: %w", err)
	}
	if err := json.Unmarshal(state, &c); err != nil {
		return c, fmt.Errorf("read conversation: %w", err)
	}
	return c, nil
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
	rows, err := s.read.query(ctx, queryWalk, through, h.position, after)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	defer rows.Close()
	var entries []lifecycle.Entry
	for rows.Next() {
		var text sql.RawBytes
		var some []lifecycle.Entry
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("read entries: %w", err)
		}
		if err := json.Unmarshal(text, &some); err != nil {
			return nil, fmt.Errorf("read entries: %w", err)
		}
		for _, entry := range some {
			if entry.Number > after && entry.Number <= through {
				entries = append(entries, entry)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	return entries, nil
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

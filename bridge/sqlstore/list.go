package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// listed is how many conversations a filter without a limit answers.
const listed = 100

// Work lists the conversations that have something to do, oldest first. See
// [bridge.Store].
func (s *Store) Work(ctx context.Context) ([]bridge.Work, error) {
	newer := s.memory.Load().unwritten()
	heads, err := s.scan(ctx, newer, 0, (*head).works, queryWorks)
	if err != nil {
		return nil, fmt.Errorf("list work: %w", err)
	}
	slices.SortFunc(heads, func(a, b *head) int { return cmp.Compare(a.first, b.first) })
	var work []bridge.Work
	for _, h := range heads {
		w := bridge.Work{ID: h.id, Now: h.busy()}
		if h.due != 0 {
			w.Due = time.Unix(0, h.due).UTC()
		}
		work = append(work, w)
	}
	return work, nil
}

// List reads conversations, newest change first. See [bridge.Store].
func (s *Store) List(ctx context.Context, filter bridge.Filter) ([]lifecycle.Conversation, error) {
	limit := cmp.Or(filter.Limit, listed)
	wanted := func(h *head) bool {
		return (filter.Holder == "" || h.holder == filter.Holder) &&
			(filter.Channel == "" || h.channel == filter.Channel)
	}
	holders := []lifecycle.Holder{lifecycle.Nobody, lifecycle.Bot, lifecycle.Queue, lifecycle.Agent}
	if filter.Holder != "" {
		holders = []lifecycle.Holder{filter.Holder}
	}
	newer := s.memory.Load().unwritten()
	var heads []*head
	for _, holder := range holders {
		held := func(h *head) bool { return h.holder == holder && wanted(h) }
		some, err := s.scan(ctx, newer, limit, held, queryHeldBy, string(holder))
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		heads = append(heads, some...)
	}
	slices.SortFunc(heads, func(a, b *head) int { return cmp.Compare(b.position, a.position) })
	seen := map[bot.ConversationID]bool{} // one may have changed hands between two queries
	heads = slices.DeleteFunc(heads, func(h *head) bool {
		again := seen[h.id]
		seen[h.id] = true
		return again
	})
	var list []lifecycle.Conversation
	for _, h := range heads[:min(len(heads), limit)] {
		c, err := s.conversation(ctx, h)
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		list = append(list, c)
	}
	return list, nil
}

// scan answers the wanted heads: all newer ones, and of those that a query
// finds, without newer ones, the first limit; 0: all.
func (s *Store) scan(ctx context.Context, newer map[bot.ConversationID]*head, limit int,
	wanted func(*head) bool, query string, args ...any) ([]*head, error) {
	var heads []*head
	for _, h := range newer {
		if wanted(h) {
			heads = append(heads, h)
		}
	}
	rows, err := s.read.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for found := 0; (limit == 0 || found < limit) && rows.Next(); {
		h, err := scanHead(rows.Scan)
		if err != nil {
			return nil, err
		}
		if newer[h.id] == nil && wanted(h) {
			heads, found = append(heads, h), found+1
		}
	}
	return heads, rows.Err()
}

package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
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
	heads, err := s.scan(ctx, newer, (*head).works, queryWorks)
	if err != nil {
		return nil, fmt.Errorf("list work: %w", err)
	}
	slices.SortFunc(heads, func(a, b *head) int { return cmp.Compare(a.first, b.first) })
	var work []bridge.Work
	for _, h := range heads {
		w := bridge.Work{ID: h.id, Channel: h.channel, Now: h.busy()}
		if h.due != 0 {
			w.Due = time.Unix(0, h.due).UTC()
		}
		work = append(work, w)
	}
	erased, err := s.erased(ctx)
	if err != nil {
		return nil, fmt.Errorf("list work: %w", err)
	}
	return append(work, erased...), nil
}

// erased are the conversations whose erasure is not known to be complete.
func (s *Store) erased(ctx context.Context) ([]bridge.Work, error) {
	rows, err := s.read.query(ctx, queryErased)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var work []bridge.Work
	for rows.Next() {
		w := bridge.Work{Erased: true}
		if err := rows.Scan(&w.ID); err != nil {
			return nil, err
		}
		work = append(work, w)
	}
	return work, rows.Err()
}

// List reads conversations, newest change first. See [bridge.Store]. To find
// those of a customer it reads the state of every one of the channel.
func (s *Store) List(ctx context.Context, filter bridge.Filter) ([]lifecycle.Conversation, error) {
	limit := cmp.Or(filter.Limit, listed)
	wanted := func(h *head) bool {
		return (filter.Holder == "" || h.holder == filter.Holder) &&
			(filter.Channel == "" || h.channel == filter.Channel)
	}
	newer := s.memory.Load().unwritten()
	holder, most := string(filter.Holder), limit+filter.Skip+len(newer)
	if filter.Customer != "" {
		most = math.MaxInt32
	}
	query, args := queryAll, []any{holder, holder, filter.Channel, filter.Channel, most}
	if filter.Holder != "" && filter.Holder != lifecycle.Nobody {
		query, args = queryHeldBy, args[1:]
	}
	if filter.Oldest {
		query, args = queryOldest, []any{holder, holder, filter.Channel, filter.Channel, most}
	}
	heads, err := s.scan(ctx, newer, wanted, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	slices.SortFunc(heads, func(a, b *head) int {
		if filter.Oldest {
			a, b = b, a
		}
		return cmp.Compare(b.position, a.position)
	})
	var list []lifecycle.Conversation
	for _, h := range heads[min(len(heads), filter.Skip):] {
		if len(list) == limit {
			break
		}
		c, err := s.conversation(ctx, h)
		if errors.Is(err, bridge.ErrNotFound) { // erased meanwhile
			continue
		}
		if errors.Is(err, bridge.ErrUnreadable) { // shown by what is known of it elsewhere
			c, err = lifecycle.Conversation{ID: h.id, Channel: h.channel, Holder: h.holder, Number: h.number,
				Reason: "what the store has of it is damaged"}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		if filter.Customer == "" || c.Customer.ID == filter.Customer {
			list = append(list, c)
		}
	}
	return list, nil
}

// scan answers the wanted heads: all newer ones, and of those that a query
// finds the ones that have no newer one.
func (s *Store) scan(ctx context.Context, newer map[bot.ConversationID]*head,
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
	for rows.Next() {
		h, err := scanHead(rows.Scan)
		if err != nil {
			return nil, err
		}
		if newer[h.id] == nil && wanted(h) {
			heads = append(heads, h)
		}
	}
	return heads, rows.Err()
}

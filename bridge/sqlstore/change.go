package sqlstore

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// change is a commit with everything about it that can be worked out before
// the writer is needed.
type change struct {
	*bridge.Commit
	entries, state string
	// ids and hashes of the events that it takes in, each once.
	ids    []string
	hashes []int64
	// desk is the number of its newest entry for the desk; 0: none.
	desk int64
	// invalid: its entries are not numbered as they should be, or cannot be
	// written down.
	invalid error
	// event is what it parks.
	event string
}

func (s *Store) encode(commits []bridge.Commit) []change {
	changes := make([]change, len(commits))
	for i := range commits {
		c := &changes[i]
		c.Commit = &commits[i]
		if err := c.encode(); err != nil {
			c.invalid = err
		}
		c.hash(&s.hasher)
	}
	return changes
}

func (c *change) encode() error {
	if c.Park != nil {
		event, err := json.Marshal(c.Park)
		if err != nil {
			return fmt.Errorf("write event: %w", err)
		}
		c.event = string(event)
		return nil
	}
	if c.Conversation.ID == "" {
		return nil
	}
	state, err := json.Marshal(&c.Conversation)
	if err != nil {
		return fmt.Errorf("write conversation: %w", err)
	}
	c.state, c.entries = string(state), "[]"
	if len(c.Entries) == 0 {
		return nil
	}
	entries, err := json.Marshal(c.Entries)
	if err != nil {
		return fmt.Errorf("write entries: %w", err)
	}
	c.entries = string(entries)
	for i := range c.Entries {
		if want := c.Expected + 1 + int64(i); c.Entries[i].Number != want {
			c.invalid = fmt.Errorf("entry has number %d where %d follows", c.Entries[i].Number, want)
		}
		if c.Entries[i].To.Has(lifecycle.ToDesk) {
			c.desk = c.Entries[i].Number
		}
	}
	return nil
}

// sizeOf is how much the changes write, roughly.
func sizeOf(changes []change) (bytes int) {
	for i := range changes {
		bytes += len(changes[i].entries) + len(changes[i].state) + len(changes[i].event)
	}
	return bytes
}

func (c *change) hash(h *hasher) {
	events := c.Events
	if c.Park != nil {
		events = append([]string{c.Park.ID}, events...)
	}
	for _, id := range events {
		if id == "" {
			continue // an event without an id may come again
		}
		hash := h.sum(id)
		if !slices.Contains(c.hashes, hash) {
			c.ids, c.hashes = append(c.ids, id), append(c.hashes, hash)
		}
	}
}

// park keeps an event until its ticket is bound. Its hash goes into its table
// at once: there is no journal row to find it in.
func (g *group) park(c *change) (refused, err error) {
	if refused, err := g.repeated(c); refused != nil || err != nil {
		return refused, err
	}
	id, err := g.w.bound(c.Park.Desk, c.Park.Ticket)
	if err != nil {
		return nil, err
	}
	if id != "" {
		return &bridge.BoundError{Conversation: id}, nil
	}
	var hash int64
	for _, hash = range c.hashes {
		g.took[hash] = struct{}{}
	}
	if err := g.w.exec(queryPark, c.Park.Desk, c.Park.Ticket, hash, c.event); err != nil {
		return nil, fmt.Errorf("park event: %w", err)
	}
	today := g.s.today()
	if g.days, err = g.w.turnDays(g.days, today); err != nil {
		return nil, err
	}
	return nil, g.w.take(today, c.hashes)
}

func (g *group) unpark(c *change) error {
	for _, id := range c.Unpark {
		if err := g.w.exec(queryUnpark, id); err != nil {
			return fmt.Errorf("unpark event: %w", err)
		}
	}
	return nil
}

// bind ties the commit's tickets to its conversation; it is refused if one is
// tied to another.
func (g *group) bind(c *change) (refused, err error) {
	for _, ticket := range c.Bind {
		id, err := g.w.bound(ticket.Desk, ticket.ID)
		if err != nil {
			return nil, err
		}
		if id != "" && id != c.Conversation.ID {
			return &bridge.BoundError{Conversation: id}, nil
		}
	}
	for _, ticket := range c.Bind {
		if err := g.w.exec(queryBind, ticket.Desk, ticket.ID, string(c.Conversation.ID)); err != nil {
			return nil, fmt.Errorf("bind ticket: %w", err)
		}
	}
	return nil, nil
}

// bound is the conversation that a ticket is tied to; empty: none.
func (w *writer) bound(desk, ticket string) (bot.ConversationID, error) {
	var id bot.ConversationID
	err := w.one(queryTicket, []any{desk, ticket}, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read ticket: %w", asUnreadable(err))
	}
	return id, nil
}

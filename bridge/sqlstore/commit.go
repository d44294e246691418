package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Commit makes a group durable in one transaction. See [bridge.Store]. ctx
// counts until the transaction begins. The commits of a group take effect in
// order: a later one may build on an earlier one of the same conversation.
func (s *Store) Commit(ctx context.Context, commits []bridge.Commit) ([]error, error) {
	if len(commits) == 0 {
		return nil, nil
	}
	if err := s.Unwritable(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	changes := s.encode(commits)
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.ready(ctx); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	g, err := s.transact(changes)
	if err != nil {
		return nil, fmt.Errorf("commit: %w", s.failed(err, sizeOf(changes)))
	}
	s.position, s.days = g.position, g.days
	memory := s.memory.Load()
	memory.change(g.heads)
	for hash := range g.unwritten {
		memory.recent[hash] = struct{}{}
	}
	if g.fenced {
		s.distrust()
	}
	s.keeper.committed(g.bytes, memory.behind())
	return g.errs, nil
}

// transact makes the changes in one transaction, but for those that need what
// cannot be read: one damaged conversation is no reason to refuse the others.
func (s *Store) transact(changes []change) (*group, error) {
	unreadable := map[int]error{}
	for {
		g := &group{s: s, w: s.write, position: s.position, days: s.days, unreadable: unreadable,
			heads: map[bot.ConversationID]*head{}, took: map[int64]struct{}{}}
		err := s.write.transact(func() error { return g.apply(changes) })
		if !errors.Is(err, bridge.ErrUnreadable) || len(unreadable) > 0 {
			return g, err
		}
		for i := range changes {
			if err := s.tryRead(&changes[i]); err != nil {
				unreadable[i] = err
			}
		}
		if len(unreadable) == 0 {
			return g, err
		}
	}
}

// tryRead reads what a change needs to know, outside of a transaction.
func (s *Store) tryRead(c *change) error {
	if c.Conversation.ID != "" {
		if _, err := s.head(c.Conversation.ID); err != nil {
			return err
		}
	}
	if _, err := s.write.taken(c.hashes); err != nil {
		return err
	}
	tickets := c.Bind
	if c.Park != nil {
		tickets = []bridge.Ticket{{Desk: c.Park.Desk, ID: c.Park.Ticket}}
	}
	for _, ticket := range tickets {
		if _, err := s.write.bound(ticket.Desk, ticket.ID); err != nil {
			return err
		}
	}
	return nil
}

// group is one transaction of commits. What it stages becomes the store's
// memory when it is durable.
type group struct {
	s *Store
	w *writer

	position int64
	days     takenDays
	heads    map[bot.ConversationID]*head
	// known are the hashes of the group that were taken before it, took
	// those that it takes itself; unwritten are those of them that are only
	// in the journal.
	known, took map[int64]struct{}
	unwritten   map[int64]struct{}
	rows        []any
	bytes       int
	// unreadable are the changes to be refused because what they need cannot
	// be read.
	unreadable map[int]error
	errs       []error
	fenced     bool
}

func (g *group) apply(changes []change) error {
	g.errs = make([]error, len(changes))
	g.unwritten = map[int64]struct{}{}
	owned, err := g.s.owned()
	if err != nil {
		return err
	}
	if !owned {
		g.fenced = true
		for i := range g.errs {
			g.errs[i] = bridge.ErrConflict
		}
		return nil
	}
	var hashes []int64
	for i := range changes {
		if g.unreadable[i] == nil {
			hashes = append(hashes, changes[i].hashes...)
		}
	}
	if g.known, err = g.w.taken(hashes); err != nil {
		return err
	}
	for i := range changes {
		if g.errs[i] = g.unreadable[i]; g.errs[i] != nil {
			continue
		}
		refused, err := g.change(&changes[i])
		if err != nil {
			return err
		}
		g.errs[i] = refused
	}
	return g.w.append(g.rows)
}

// change applies one commit, or answers why not.
func (g *group) change(c *change) (refused, err error) {
	switch {
	case c.invalid != nil:
		return c.invalid, nil
	case c.Park != nil:
		return g.park(c)
	case c.Conversation.ID == "":
		return nil, g.unpark(c)
	}
	last, err := g.head(c.Conversation.ID)
	if err != nil {
		return nil, err
	}
	if last.number != c.Expected {
		return bridge.ErrConflict, nil
	}
	if c.Conversation.Number != c.Expected+int64(len(c.Entries)) {
		return fmt.Errorf("number %d does not follow from %d and %d entries",
			c.Conversation.Number, c.Expected, len(c.Entries)), nil
	}
	if refused, err := g.repeated(c); refused != nil || err != nil {
		return refused, err
	}
	if refused, err := g.bind(c); refused != nil || err != nil {
		return refused, err
	}
	if err := g.unpark(c); err != nil {
		return nil, err
	}
	g.take(c)
	g.add(c, last)
	return nil, nil
}

// head of a conversation as the group has left it so far; one without a
// position if there is none.
func (g *group) head(id bot.ConversationID) (*head, error) {
	if h := g.heads[id]; h != nil {
		return h, nil
	}
	return g.s.head(id)
}

// repeated refuses a commit with events that were taken before.
func (g *group) repeated(c *change) (refused, err error) {
	var events []string
	for i, hash := range c.hashes {
		_, known := g.known[hash]
		_, took := g.took[hash]
		if !known && !took && !g.s.memory.Load().took(hash) {
			continue
		}
		waits, err := g.waits(c, hash)
		if err != nil {
			return nil, err
		}
		if !waits {
			events = append(events, c.ids[i])
		}
	}
	if events == nil {
		return nil, nil
	}
	return &bridge.RepeatedError{Events: events}, nil
}

// waits reports whether the event is parked and unparked by this very commit.
func (g *group) waits(c *change, hash int64) (bool, error) {
	for _, id := range c.Unpark {
		var parked int64
		switch err := g.w.one(queryParkedHash, []any{id}, &parked); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return false, fmt.Errorf("read parked event: %w", err)
		case parked == hash:
			return true, nil
		}
	}
	return false, nil
}

func (g *group) take(c *change) {
	for _, hash := range c.hashes {
		g.took[hash] = struct{}{}
		g.unwritten[hash] = struct{}{}
	}
}

// add appends the commit's row and moves the head.
func (g *group) add(c *change, last *head) {
	g.position++
	next := last.advanced(c.Cursors)
	next.id, next.position, next.number = c.Conversation.ID, g.position, c.Conversation.Number
	if next.first == 0 {
		next.first = g.position
	}
	next.desk = max(next.desk, c.desk)
	next.describe(&c.Conversation)
	next.leap = nextLeap(g.position, last.leap, c.Expected, next.number)
	g.heads[next.id] = next
	g.bytes += len(c.entries) + len(c.state) + 128
	g.rows = append(g.rows, g.position, last.position, last.leap, c.Expected, next.number, next.desk,
		next.cursors.Desk, next.cursors.Observe, string(next.id), packHashes(c.hashes), c.entries, c.state)
}

package bridge

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// saveEvery is how long a lane's progress may wait to be saved. Losing it is
// harmless: what may have been done is read back.
const saveEvery = 250 * time.Millisecond

// saver writes the lanes' cursors behind, many at a time.
type saver struct {
	store Store
	clock Clock
	log   *slog.Logger

	flushing sync.Mutex // held while cursors are written

	mu      sync.Mutex
	dirty   map[bot.ConversationID]Cursors
	writing map[bot.ConversationID]Cursors
	set     bool // a flush is set
}

func newSaver(store Store, clock Clock, log *slog.Logger) *saver {
	return &saver{store: store, clock: clock, log: log, dirty: map[bot.ConversationID]Cursors{}}
}

// save keeps a conversation's cursors, soon.
func (s *saver) save(id bot.ConversationID, c Cursors) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty[id] = c
	if !s.set {
		s.set = true
		s.clock.AfterFunc(saveEvery, func() { s.flush(context.Background()) })
	}
}

// latest are a conversation's cursors that the store may not have yet.
func (s *saver) latest(id bot.ConversationID) (Cursors, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.dirty[id]
	if !ok {
		c, ok = s.writing[id]
	}
	return c, ok
}

// forget drops the cursors of a conversation that is about to be erased, once
// nobody is writing them.
func (s *saver) forget(id bot.ConversationID) {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dirty, id)
	delete(s.writing, id)
}

// flush saves what is to be saved.
func (s *saver) flush(ctx context.Context) {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	s.mu.Lock()
	dirty := s.dirty
	s.dirty, s.writing, s.set = map[bot.ConversationID]Cursors{}, dirty, false
	s.mu.Unlock()
	if len(dirty) == 0 {
		return
	}
	faultpoint.Hit(faultpoint.SaveCursors)
	if err := s.store.SaveCursors(ctx, dirty); err != nil && !errors.Is(err, ErrUnwritable) {
		s.log.Warn("save cursors", "err", err)
	}
}

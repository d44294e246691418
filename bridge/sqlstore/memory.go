package sqlstore

import (
	"sync"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// keepClean is how many written heads are kept at least, and half of how many
// at most.
const keepClean = 64 << 10

// memory has what is durable in the journal's tail and not yet at its own
// place, and a cache of heads. Commits and the writing behind change it one at
// a time; readers may look at any time.
type memory struct {
	mu sync.RWMutex
	// dirty heads are newer than the conversations table.
	dirty map[bot.ConversationID]*head
	// clean heads are as the table has them; older ones are in stale, which
	// is dropped when clean has grown as large.
	clean, stale map[bot.ConversationID]*head

	// recent hashes are not in a taken table; those in writing are on
	// their way there. Only for the holder of Store.writing.
	recent, writing map[int64]struct{}
}

func newMemory() *memory {
	return &memory{
		dirty:  map[bot.ConversationID]*head{},
		clean:  map[bot.ConversationID]*head{},
		stale:  map[bot.ConversationID]*head{},
		recent: map[int64]struct{}{},
	}
}

// head answers nil if the head is not in memory.
func (m *memory) head(id bot.ConversationID) *head {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, heads := range []map[bot.ConversationID]*head{m.dirty, m.clean, m.stale} {
		if h := heads[id]; h != nil {
			return h
		}
	}
	return nil
}

// change puts in heads that the table does not have.
func (m *memory) change(heads map[bot.ConversationID]*head) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, h := range heads {
		m.dirty[id] = h
	}
}

// written moves heads that the table has now to the cache, unless they have
// changed again.
func (m *memory) written(heads []*head) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range heads {
		if m.dirty[h.id] == h {
			delete(m.dirty, h.id)
			m.cache(h)
		}
	}
}

// remember keeps a head that was read from the table.
func (m *memory) remember(h *head) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cache(h)
}

func (m *memory) cache(h *head) {
	if len(m.clean) >= keepClean {
		m.stale, m.clean = m.clean, map[bot.ConversationID]*head{}
	}
	delete(m.stale, h.id)
	m.clean[h.id] = h
}

// unwritten is a copy of the dirty heads.
func (m *memory) unwritten() map[bot.ConversationID]*head {
	m.mu.RLock()
	defer m.mu.RUnlock()
	heads := make(map[bot.ConversationID]*head, len(m.dirty))
	for id, h := range m.dirty {
		heads[id] = h
	}
	return heads
}

// took reports whether a hash is among the recent ones.
func (m *memory) took(hash int64) bool {
	if _, ok := m.recent[hash]; ok {
		return true
	}
	_, ok := m.writing[hash]
	return ok
}

// behind is how much there is to write. Only for the holder of Store.writing.
func (m *memory) behind() int { return max(len(m.dirty), len(m.recent)) }

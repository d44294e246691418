package bridge

import (
	"container/list"
	"maps"
	"slices"
	"sync"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// roster holds the conversations that are in memory: those at work, and the
// ones used last.
type roster struct {
	keep int
	make func(bot.ConversationID) *keeper

	mu     sync.Mutex
	all    map[bot.ConversationID]*list.Element // of *keeper
	recent *list.List                           // most recently used first
	closed bool
}

func newRoster(keep int, make func(bot.ConversationID) *keeper) *roster {
	return &roster{keep: keep, make: make, all: map[bot.ConversationID]*list.Element{}, recent: list.New()}
}

// post hands deliveries to a conversation, in order and together. It reports
// false when the roster is closed.
func (r *roster) post(id bot.ConversationID, ds ...*delivery) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	el, ok := r.all[id]
	if ok {
		r.recent.MoveToFront(el)
	} else {
		r.shrink()
		el = r.recent.PushFront(r.make(id))
		r.all[id] = el
	}
	el.Value.(*keeper).put(ds)
	return true
}

// peek is the conversation's keeper, if it is in memory.
func (r *roster) peek(id bot.ConversationID) *keeper {
	r.mu.Lock()
	defer r.mu.Unlock()
	if el, ok := r.all[id]; ok {
		return el.Value.(*keeper)
	}
	return nil
}

// atWork are the conversations that have mail.
func (r *roster) atWork() []*keeper {
	r.mu.Lock()
	defer r.mu.Unlock()
	var busy []*keeper
	for _, el := range r.all {
		if k := el.Value.(*keeper); k.reading() {
			busy = append(busy, k)
		}
	}
	return busy
}

// ids are the conversations in memory.
func (r *roster) ids() []bot.ConversationID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.all))
}

// shrink forgets idle conversations beyond those to keep. It looks at a few
// at a time: those at work stay, and are looked at again later.
func (r *roster) shrink() {
	for tries := 4; tries > 0 && len(r.all) >= r.keep; tries-- {
		el := r.recent.Back()
		k := el.Value.(*keeper)
		if !k.idle() {
			r.recent.MoveToFront(el)
			continue
		}
		r.recent.Remove(el)
		delete(r.all, k.id)
	}
}

// close lets nothing more in.
func (r *roster) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

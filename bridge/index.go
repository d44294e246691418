package bridge

import (
	"maps"
	"sync"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxIndexed bounds the ticket index.
const maxIndexed = 50_000

// ticketIndex remembers which conversation a ticket is bound to. A binding
// never changes as long as there is the conversation, so forgetting is always
// right.
type ticketIndex struct {
	mu  sync.RWMutex
	ids map[Ticket]bot.ConversationID
}

func newTicketIndex() *ticketIndex {
	return &ticketIndex{ids: map[Ticket]bot.ConversationID{}}
}

func (x *ticketIndex) get(t Ticket) (bot.ConversationID, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id, ok := x.ids[t]
	return id, ok
}

// forget drops the tickets of a conversation that is erased.
func (x *ticketIndex) forget(id bot.ConversationID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	maps.DeleteFunc(x.ids, func(_ Ticket, of bot.ConversationID) bool { return of == id })
}

func (x *ticketIndex) put(t Ticket, id bot.ConversationID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.ids) >= maxIndexed {
		clear(x.ids)
	}
	x.ids[t] = id
}

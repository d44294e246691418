package bridge

import (
	"sync"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxIndexed bounds the ticket index.
const maxIndexed = 50_000

// ticketIndex remembers which conversation a ticket is bound to. A binding
// never changes, so forgetting is always right.
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

func (x *ticketIndex) put(t Ticket, id bot.ConversationID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.ids) >= maxIndexed {
		clear(x.ids)
	}
	x.ids[t] = id
}

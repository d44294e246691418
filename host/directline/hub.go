package directline

import (
	"context"
	"sync"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxStreams is how many streams a conversation has at most: one for each page
// that shows it, and those whose client is gone and has not been missed yet.
const maxStreams = 20

// Hub finds the open streams of a conversation. It implements [bridge.Line];
// its methods never block and are safe for concurrent use. A conversation may
// have several streams, one for each page that shows it, and all of them show
// everything.
type Hub struct {
	mu      sync.Mutex
	sockets map[bot.ConversationID][]*socket
	count   int
	closed  bool
	readers sync.WaitGroup // of the sockets
}

// NewHub makes a hub without streams.
func NewHub() *Hub { return &Hub{sockets: map[bot.ConversationID][]*socket{}} }

// Wake lets the streams of a conversation read on, as far as number at least.
func (h *Hub) Wake(id bot.ConversationID, number int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sockets[id] {
		s.wake(number)
	}
}

// Typing shows on the streams of a conversation that somebody is at work.
func (h *Hub) Typing(id bot.ConversationID, t bridge.Typing) {
	if t.Author == bot.AuthorCustomer {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sockets[id] {
		s.showTyping(t)
	}
}

// Shutdown says good-bye on every stream, waits until all clients have closed
// or ctx is done, and takes no new streams. Idempotent.
func (h *Hub) Shutdown(ctx context.Context) error {
	open := h.close()
	for _, s := range open {
		go s.goodbye()
	}
	gone := make(chan struct{})
	go func() {
		h.readers.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	for _, s := range open {
		s.end()
	}
	<-gone
	return ctx.Err()
}

func (h *Hub) close() []*socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	var open []*socket
	for _, sockets := range h.sockets {
		open = append(open, sockets...)
	}
	return open
}

// add takes a socket in; false: the hub is closed, or the conversation has all
// the streams that it may have.
func (h *Hub) add(s *socket) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := s.conv.ID
	if h.closed || len(h.sockets[id]) >= maxStreams {
		return false
	}
	h.sockets[id] = append(h.sockets[id], s)
	h.count++
	h.readers.Add(1)
	return true
}

// remove forgets a socket.
func (h *Hub) remove(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := s.conv.ID
	for i, other := range h.sockets[id] {
		if other == s {
			h.sockets[id] = append(h.sockets[id][:i:i], h.sockets[id][i+1:]...)
			h.count--
			break
		}
	}
	if len(h.sockets[id]) == 0 {
		delete(h.sockets, id)
	}
}

// streams is how many streams a conversation has.
func (h *Hub) streams(id bot.ConversationID) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sockets[id])
}

// open is how many streams there are.
func (h *Hub) open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.count
}

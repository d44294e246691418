package host

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// side is one of the host's HTTP sides. Browsers and load balancers connect
// ahead of what they will ask, and a server that shuts down waits for the
// first request of such a connection: a side closes it.
type side struct {
	http.Server

	mu      sync.Mutex
	unused  map[net.Conn]bool
	closing bool
}

// answerWithin is how long an answer to customers and webhooks may take until
// it is read. Files and streams have limits of their own.
const answerWithin = 3 * time.Minute

// newSide has the limits of all HTTP sides, and one of its own for answers; 0:
// none.
func newSide(handler http.Handler, answers time.Duration, log *slog.Logger) *side {
	s := &side{unused: map[net.Conn]bool{}}
	s.Server = http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: answers,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), ConnState: s.noteState,
	}
	return s
}

func (s *side) noteState(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.unused, conn)
	case s.closing:
		conn.Close()
	default:
		s.unused[conn] = true
	}
}

// end takes no more connections, and waits for the requests under way, until
// ctx is done.
func (s *side) end(ctx context.Context) {
	s.mu.Lock()
	s.closing = true
	for conn := range s.unused {
		conn.Close()
	}
	s.mu.Unlock()
	if s.Shutdown(ctx) != nil {
		s.Close()
	}
}

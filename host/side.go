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

// newSide has the limits of all HTTP sides. Streams and answers may be slow;
// requests may not.
func newSide(handler http.Handler, log *slog.Logger) *side {
	s := &side{unused: map[net.Conn]bool{}}
	s.Server = http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
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

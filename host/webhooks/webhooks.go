package webhooks

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// Verifier tells whether a desk sent a webhook, and what happened. Safe for
// concurrent use. The body is the caller's again once it has answered.
//
// The event's ID, At, Desk and Ticket are set; its Channel is not. If the
// second result is not nil the event names Desk and Ticket alone, and somebody
// types in that ticket.
//
// An error with a method HTTPStatus() int is a refusal that is answered with
// that status; 2xx: all is well, and there is nothing to take in. Any other
// error is ours.
type Verifier interface {
	Verify(ctx context.Context, header http.Header, body []byte) (lifecycle.Event, *bridge.Typing, error)
}

// Engine is what takes events in; *bridge.Engine is one.
type Engine interface {
	// Receive takes an event in, once; no error: it is durable.
	Receive(ctx context.Context, ev lifecycle.Event) (int64, error)
	// TicketTyping passes on that an agent is typing.
	TicketTyping(ctx context.Context, desk, ticket string, t bridge.Typing)
}

// Route is an address that 8x8 calls.
type Route struct {
	// Desk and Channel by their names in the configuration.
	Desk, Channel string
	// Verifier of the desk.
	Verifier Verifier
}

// Config is what a server is made of.
type Config struct {
	// Prefix of the paths: the path of the public address; often empty.
	Prefix string
	// Routes that there are; see [Server.SetRoutes].
	Routes []Route
	Engine Engine
	// Stale is the verifiers' error for what was sent too long ago, to be
	// counted apart from forgeries; nil: it is not.
	Stale error
	// Logger; nil: slog's default.
	Logger *slog.Logger
	// Registry for the metrics; nil: none.
	Registry prometheus.Registerer
}

// Server takes webhooks in. It is an http.Handler, safe for concurrent use.
type Server struct {
	engine  Engine
	stale   error
	log     *quietLog
	metrics *metrics
	buffers buffers
	routes  atomic.Pointer[routes]
	handler http.Handler
}

// routes finds a verifier by desk and channel.
type routes map[[2]string]Verifier

// New wires a server. It starts nothing.
func New(cfg Config) (*Server, error) {
	registered, err := newMetrics(cfg.Registry)
	if err != nil {
		return nil, fmt.Errorf("webhooks: register metrics: %w", err)
	}
	s := &Server{engine: cfg.Engine, stale: cfg.Stale, log: newQuietLog(cfg.Logger), metrics: registered}
	s.SetRoutes(cfg.Routes)

	gin.SetMode(gin.ReleaseMode) // or gin prints its routes on stdout
	g := gin.New()
	g.RedirectTrailingSlash = false
	g.NoRoute(s.noRoute)
	g.POST(cfg.Prefix+"/8x8/:desk/:channel", s.take)
	s.handler = g
	return s, nil
}

// SetRoutes replaces the routes; what is being taken in is not disturbed. Safe
// for concurrent use.
func (s *Server) SetRoutes(list []Route) {
	made := routes{}
	for _, route := range list {
		made[[2]string{route.Desk, route.Channel}] = route.Verifier
	}
	s.routes.Store(&made)
}

// ServeHTTP takes one webhook in.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

package directline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Engine is what the line needs of the engine; *bridge.Engine is one.
type Engine interface {
	// Receive takes an event in, once, and answers the number of its entry.
	Receive(ctx context.Context, ev lifecycle.Event) (int64, error)
	// Entries reads the journal after number after, oldest first.
	Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error)
	// Conversation is a conversation as it stands.
	Conversation(ctx context.Context, id bot.ConversationID) (lifecycle.Conversation, error)
	// Keep keeps a file that is about to be said, and answers it as it is to
	// be said.
	Keep(ctx context.Context, id bot.ConversationID, fileID string, file bot.Attachment, content io.Reader) (bot.Attachment, error)
	// Typing passes on that the customer is typing.
	Typing(ctx context.Context, id bot.ConversationID, t bridge.Typing)
}

// Config is what a server is made of.
type Config struct {
	// Channels whose customers come by this line; see [Server.PrepareChannels].
	Channels []Channel
	Engine   Engine
	// Hub that wakes the streams. Made first where the engine needs its line
	// before the line can have its engine; nil: the server makes its own.
	Hub *Hub
	// PublicURL under which customers reach the server, for streamUrl. Empty:
	// what the request says, X-Forwarded-Proto included.
	PublicURL string
	// FileURL is an address at which a customer can have a file that the host
	// keeps or the desk has: the one at index among those of an entry. It
	// should stay the same for a while. A path is put behind PublicURL. Nil:
	// files are shown by name alone.
	FileURL func(conversation bot.ConversationID, entry int64, index int, name string) string
	// MaxFile is the size of the largest file taken, in bytes; 0: 25 MiB.
	MaxFile int64
	// Spool is a folder for files until they are kept; empty: the system's
	// for temporary files.
	Spool string
	// TrustedProxies are where proxies of the operator's stand: what they say
	// of a client's address, in X-Forwarded-For, is believed. None: nobody is;
	// see [Server.SetTrustedProxies].
	TrustedProxies []netip.Prefix
	// Clock; nil: real time.
	Clock bridge.Clock
	// Logger; nil: slog's default.
	Logger *slog.Logger
	// Registry for the metrics; nil: none.
	Registry prometheus.Registerer
}

// Server is the customers' line. It implements [bridge.Line].
type Server struct {
	engine   Engine
	hub      *Hub
	public   *url.URL
	proxies  atomic.Pointer[[]netip.Prefix]
	fileURL  linker
	clock    bridge.Clock
	log      *slog.Logger
	metrics  *metrics
	hint     rate.Sometimes // about proxies
	handler  http.Handler
	upgrader websocket.Upgrader
	channels atomic.Pointer[channels]
	// later is when those who would begin a conversation are told to come again,
	// in seconds; 0: they may begin it.
	later atomic.Int64

	maxFile   int64
	spoolDir  string
	spoolRoom *spoolRoom
}

// New wires a server. It starts nothing.
func New(cfg Config) (*Server, error) {
	s := &Server{
		engine: cfg.Engine, hub: cfg.Hub, clock: cfg.Clock, log: cfg.Logger,
		fileURL: cfg.FileURL, maxFile: cfg.MaxFile, spoolDir: cfg.Spool,
		hint: rate.Sometimes{Interval: time.Minute},
	}
	if s.engine == nil {
		return nil, fmt.Errorf("directline: no engine")
	}
	if s.maxFile <= 0 {
		s.maxFile = 25 << 20
	}
	s.spoolRoom = &spoolRoom{limit: spoolFiles * s.maxFile}
	if s.hub == nil {
		s.hub = NewHub()
	}
	if s.clock == nil {
		s.clock = bridge.RealClock{}
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if cfg.PublicURL != "" {
		public, err := url.Parse(strings.TrimRight(cfg.PublicURL, "/"))
		if err != nil || public.Host == "" || public.Scheme != "http" && public.Scheme != "https" {
			return nil, fmt.Errorf("directline: public url %q: must be an absolute http or https address", cfg.PublicURL)
		}
		s.public = public
	}
	s.SetTrustedProxies(cfg.TrustedProxies)
	setChannels, err := s.PrepareChannels(cfg.Channels)
	if err != nil {
		return nil, err
	}
	setChannels()
	registered, err := newMetrics(cfg.Registry, s.hub)
	if err != nil {
		return nil, fmt.Errorf("directline: register metrics: %w", err)
	}
	s.metrics = registered
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		ReadBufferSize:   socketBuffer,
		WriteBufferSize:  socketBuffer,
		WriteBufferPool:  &sync.Pool{},
		// Checked before, against the channel's and the token's origins.
		CheckOrigin: func(*http.Request) bool { return true },
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			writeFault(w, &fault{status: status, code: codeBadArgument, message: reason.Error()})
		},
	}
	s.handler = s.routes()
	return s, nil
}

// PrepareChannels checks channels; the function that it answers puts them in the
// place of those that there are. Streams stay open then; tokens of a channel that
// is gone, or of a secret that is gone, are no longer taken. Safe for concurrent
// use.
func (s *Server) PrepareChannels(list []Channel) (set func(), err error) {
	made, err := newChannels(list)
	if err != nil {
		return nil, fmt.Errorf("directline: %w", err)
	}
	return func() { s.channels.Store(made) }, nil
}

// Handler serves the paths under /v3/directline/. Safe for concurrent use.
func (s *Server) Handler() http.Handler { return s.handler }

// Wake lets the streams of a conversation read on; see [bridge.Line].
func (s *Server) Wake(id bot.ConversationID, number int64) { s.hub.Wake(id, number) }

// Typing shows on the streams that somebody is at work; see [bridge.Line].
func (s *Server) Typing(id bot.ConversationID, t bridge.Typing) { s.hub.Typing(id, t) }

// Drain lets no more conversations begin: their customers are told to try again
// after a while. Those that have begun go on. Safe for concurrent use.
func (s *Server) Drain(after time.Duration) {
	s.later.Store(max(1, int64(math.Ceil(after.Seconds()))))
}

// Shutdown says good-bye on every stream, waits until the clients have closed
// or ctx is done, and takes no new streams. Requests are the HTTP server's to
// end. Idempotent.
func (s *Server) Shutdown(ctx context.Context) error { return s.hub.Shutdown(ctx) }

func (s *Server) routes() http.Handler {
	gin.SetMode(gin.ReleaseMode) // or gin prints its routes on stdout
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.Use(s.count, s.recover, cors)
	g.NoRoute(s.answer(func(*gin.Context) (int, any, error) { return 0, nil, noSuchCall(http.StatusNotFound) }))
	g.NoMethod(s.answer(func(*gin.Context) (int, any, error) { return 0, nil, noSuchCall(http.StatusMethodNotAllowed) }))

	v3 := g.Group("/v3/directline")
	v3.POST("/tokens/generate", s.answer(s.generate))
	v3.POST("/tokens/refresh", s.answer(s.refresh))
	v3.POST("/conversations", s.answer(s.start))
	v3.GET("/conversations/:id", s.answer(s.reconnect))
	v3.GET("/conversations/:id/activities", s.answer(s.activities))
	v3.POST("/conversations/:id/activities", s.answer(s.post))
	v3.POST("/conversations/:id/upload", s.answer(s.upload))
	v3.GET("/conversations/:id/stream", s.stream)
	return g
}

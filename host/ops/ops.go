package ops

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Conversations is what the operator sees of the engine; *bridge.Engine is
// one.
type Conversations interface {
	// List reads conversations, newest change first.
	List(ctx context.Context, filter bridge.Filter) ([]lifecycle.Conversation, error)
	// Conversation is one as it stands; bridge.ErrNotFound if there is none.
	Conversation(ctx context.Context, id bot.ConversationID) (lifecycle.Conversation, error)
}

// Config is what the handler is made of.
type Config struct {
	// Token that opens the API; empty: the API is closed.
	Token string
	// Conversations of the engine.
	Conversations Conversations
	// Bots tells how the bots are, in the order in which they are shown. It
	// is called for each request and must not block.
	Bots func() []Bot
	// Ready tells why the host is not ready, a line for each reason; none: it
	// is ready. It is called for each request and must not block for long.
	Ready func(ctx context.Context) []string
	// People are those that something is kept of, and FileURL is where one of
	// their files can be had for a while: the one at index among those of an
	// entry.
	People  People
	FileURL func(conversation bot.ConversationID, entry int64, index int, name string) string
	// Reload has the host read its configuration again. It may take as long as
	// bots take to start.
	Reload func(ctx context.Context) Reload
	// Metrics that /metrics shows.
	Metrics prometheus.Gatherer
	// Logger; nil: slog's default.
	Logger *slog.Logger
}

// server answers the calls.
type server struct {
	Config
	log *slog.Logger
}

// New makes the handler. It is safe for concurrent use and starts nothing.
func New(cfg Config) http.Handler {
	s := &server{Config: cfg, log: cfg.Logger}
	if s.log == nil {
		s.log = slog.Default()
	}
	gin.SetMode(gin.ReleaseMode) // or gin prints its routes on stdout
	g := gin.New()
	// An id may hold a slash or a plus, so paths are matched as they were
	// sent, and unescaped here: gin would take a plus for a space.
	g.UseEscapedPath, g.UnescapePathValues = true, false
	g.RedirectTrailingSlash = false
	g.HandleMethodNotAllowed = true
	g.Use(s.recover)
	g.NoRoute(func(c *gin.Context) { s.refuse(c, noSuchCall()) })
	g.NoMethod(func(c *gin.Context) { s.refuse(c, noSuchMethod()) })

	probes := []string{http.MethodGet, http.MethodHead}
	g.Match(probes, "/healthz", s.healthy)
	g.Match(probes, "/readyz", s.ready)
	g.GET("/metrics", gin.WrapH(promhttp.HandlerFor(cfg.Metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelError),
	})))
	api := g.Group("/api/v1", s.authorize)
	api.GET("/conversations", s.listConversations)
	api.GET("/conversations/:id", s.showConversation)
	api.GET("/bots", s.listBots)
	api.POST("/reload", s.reload)
	api.GET("/people/:user", s.export)
	api.DELETE("/people/:user", s.erase)
	return g
}

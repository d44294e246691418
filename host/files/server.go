package files

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Engine finds files; *bridge.Engine is one.
type Engine interface {
	// Attachment is the file at index among those of a journal entry. What it
	// opens can be sought. [bridge.ErrNotFound], or whatever keeps the desk
	// from giving it.
	Attachment(ctx context.Context, conversation bot.ConversationID, entry int64, index int) (bridge.File, error)
}

// Config is what a server is made of.
type Config struct {
	// Addresses that are served.
	Addresses *Addresses
	Engine    Engine
	// Prefix of the paths: the path of the public address; often empty.
	Prefix string
	// Logger; nil: slog's default.
	Logger *slog.Logger
	// Registry for the metrics; nil: none.
	Registry prometheus.Registerer
}

// server serves files.
type server struct {
	addresses *Addresses
	engine    Engine
	log       *slog.Logger
}

// New makes the handler of GET and HEAD. It is safe for concurrent use and
// starts nothing.
func New(cfg Config) (http.Handler, error) {
	s := &server{addresses: cfg.Addresses, engine: cfg.Engine, log: cfg.Logger}
	if s.addresses == nil || s.engine == nil {
		return nil, errors.New("files: needs addresses and an engine")
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	count, err := newMetrics(cfg.Registry)
	if err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode) // or gin prints its routes on stdout
	g := gin.New()
	g.RedirectTrailingSlash = false
	g.HandleMethodNotAllowed = true
	g.Use(count, s.recover, guard)
	g.NoRoute(func(c *gin.Context) { s.refuse(c, ref{}, bridge.ErrNotFound) })
	g.NoMethod(func(c *gin.Context) { s.refuse(c, ref{}, errNoMethod) })
	path := strings.TrimRight(cfg.Prefix, "/") + Prefix + ":token/*name"
	g.Match([]string{http.MethodGet, http.MethodHead}, path, s.get)
	g.OPTIONS(path, func(c *gin.Context) { c.Status(http.StatusNoContent) })
	return g, nil
}

// guard sets what every answer has. The address is the capability, so any page
// may read what it leads to; no page is to learn the address from it, and
// nothing in it may run or load anything.
func guard(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match")
	h.Set("Access-Control-Expose-Headers", "Accept-Ranges, Content-Disposition, Content-Range, ETag, Retry-After")
	h.Set("Access-Control-Max-Age", "7200")
}

const (
	// takenWithin is how long a client may take for a file, and leastRate for
	// how many bytes it gets one second more.
	takenWithin = time.Minute
	leastRate   = 8 << 10
)

// get answers a file, whole or in parts.
func (s *server) get(c *gin.Context) {
	r, ok := s.addresses.read(c.Param("token"))
	if !ok {
		s.refuse(c, ref{}, bridge.ErrNotFound)
		return
	}
	file, content, err := s.open(c.Request.Context(), r)
	if err != nil {
		s.refuse(c, r, err)
		return
	}
	defer content.Close()
	size, err := content.Seek(0, io.SeekEnd)
	if err != nil {
		s.refuse(c, r, err)
		return
	}
	h := c.Writer.Header()
	kind, inline := served(file.ContentType)
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(inline, file.Name))
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", s.addresses.tag(r))
	within := takenWithin + time.Duration(size/leastRate)*time.Second
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(within)) // the server lifts it at the end
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, content)
}

func (s *server) open(ctx context.Context, r ref) (bridge.File, io.ReadSeekCloser, error) {
	file, err := s.engine.Attachment(ctx, r.conversation, r.entry, r.index)
	if err != nil {
		return bridge.File{}, nil, err
	}
	opened, err := file.Open()
	if err != nil {
		return bridge.File{}, nil, err
	}
	content, ok := opened.(io.ReadSeekCloser)
	if !ok {
		opened.Close()
		return bridge.File{}, nil, errors.New("the file cannot be sought")
	}
	return file, content, nil
}

package supervisor

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

const (
	// maxLine is how much of a line is read into the log.
	maxLine = 16 << 10
	// logRate and logBurst bound the lines of one process that reach the
	// host's log. All of them pass through the ring.
	logRate  = 100
	logBurst = 500
)

// logs takes what one process prints and turns it into lines of the host's
// log. Safe for concurrent use.
type logs struct {
	ctx        context.Context // for the logger
	out        *slog.Logger
	ring       *ring
	generation int
	limit      *rate.Limiter

	mu      sync.Mutex
	dropped int
}

// newLogs makes the log of one process; out carries its keys.
func newLogs(ctx context.Context, out *slog.Logger, ring *ring, generation int) *logs {
	return &logs{ctx: context.WithoutCancel(ctx), out: out, ring: ring, generation: generation, limit: rate.NewLimiter(logRate, logBurst)}
}

// line logs one line of stream, of which cut bytes are missing.
func (l *logs) line(stream, raw string, cut int) {
	if strings.TrimSpace(raw) == "" {
		return
	}
	if cut > 0 {
		raw = l.ring.secrets.unbroken(raw)
	}
	l.ring.add(l.generation, raw, cut)
	if !l.limit.Allow() {
		l.mu.Lock()
		l.dropped++
		l.mu.Unlock()
		return
	}
	l.reportDropped()
	parsed := parseLog(raw, l.ring.secrets.hide)
	attrs := []slog.Attr{slog.String("stream", stream)}
	if cut > 0 {
		attrs = append(attrs, slog.Int("cut_bytes", cut))
	}
	if len(parsed.fields) > 0 {
		attrs = append(attrs, slog.GroupAttrs("plugin", parsed.fields...))
	}
	l.out.LogAttrs(l.ctx, parsed.level, parsed.message, attrs...) //nolint:sloglint // it is the bot's message
}

// reportDropped says how many lines were too many.
func (l *logs) reportDropped() {
	l.mu.Lock()
	dropped := l.dropped
	l.dropped = 0
	l.mu.Unlock()
	if dropped > 0 {
		l.out.WarnContext(l.ctx, "the bot logs too much: lines were dropped", "lines", dropped, "limit_per_second", logRate)
	}
}

// stream is the part of the log that one of the process's outputs goes to.
func (l *logs) stream(name string) *lineWriter {
	return &lineWriter{emit: func(raw string, cut int) { l.line(name, raw, cut) }}
}

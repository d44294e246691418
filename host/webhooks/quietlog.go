package webhooks

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quietLog logs what was not taken in, at most one a second of each outcome:
// anybody can send us forgeries, and the counter counts them all.
type quietLog struct {
	log *slog.Logger

	mu    sync.Mutex
	since map[Outcome]*rate.Sometimes
}

func newQuietLog(log *slog.Logger) *quietLog {
	if log == nil {
		log = slog.Default()
	}
	return &quietLog{log: log, since: map[Outcome]*rate.Sometimes{}}
}

func (q *quietLog) say(ctx context.Context, desk, channel string, r result) {
	q.mu.Lock()
	sometimes, ok := q.since[r.outcome]
	if !ok {
		sometimes = &rate.Sometimes{Interval: time.Second}
		q.since[r.outcome] = sometimes
	}
	q.mu.Unlock()
	sometimes.Do(func() {
		level := slog.LevelWarn
		if r.outcome == Failed {
			level = slog.LevelError
		}
		q.log.Log(ctx, level, "webhook not taken in",
			"desk", desk, "channel", channel, "outcome", r.outcome, "event", r.event, "err", r.err)
	})
}

package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// parkedFor is how long an event waits for its ticket to be bound.
	parkedFor = 24 * time.Hour
	// sweepEvery is how often parked events are looked over, and
	// conversations that are not kept any longer are looked for.
	sweepEvery = time.Hour
)

// takeUp lets everything go on that an earlier run has left to do.
func (e *Engine) takeUp(ctx context.Context) error {
	work, err := e.cfg.Store.Work(ctx)
	if err != nil {
		return fmt.Errorf("list conversations: %w", err)
	}
	for _, w := range work {
		switch {
		case w.Erased: // by expire
		case w.Now:
			e.wake(w.ID)
		default:
			e.alarms.at(w.ID, w.Due)
		}
	}
	if len(work) > 0 {
		e.log.Info("took up conversations", "count", len(work))
	}
	e.work.Go(e.expireNow)
	e.sweepLater()
	return nil
}

// expireNow looks for what is to be erased now, and again after a while.
func (e *Engine) expireNow() {
	if err := e.expire(e.ctx); err != nil && e.ctx.Err() == nil {
		e.log.Error("erase what is not kept any longer", "err", err)
	}
	e.clock.AfterFunc(sweepEvery, func() {
		if e.ctx.Err() == nil {
			e.expireNow()
		}
	})
}

// sweepLater looks over parked events again and again.
func (e *Engine) sweepLater() {
	e.clock.AfterFunc(sweepEvery, func() {
		if e.ctx.Err() == nil {
			if err := e.sweep(e.ctx); err != nil {
				e.log.Error("look over parked events", "err", err)
			}
			e.sweepLater()
		}
	})
}

// sweep hands over parked events whose ticket is bound by now, and drops those
// that have waited too long.
func (e *Engine) sweep(ctx context.Context) error {
	parked, err := e.cfg.Store.Parked(ctx, "", "")
	if err != nil {
		return fmt.Errorf("list parked events: %w", err)
	}
	var drop []int64
	for _, p := range parked {
		id, err := e.bound(ctx, Ticket{p.Event.Desk, p.Event.Ticket})
		switch {
		case err == nil:
			e.loaded.post(id, &delivery{event: p.Event, parked: p.ID})
		case !errors.Is(err, ErrNotFound):
			return fmt.Errorf("find ticket: %w", err)
		case e.now().Sub(p.Event.At) > parkedFor:
			e.log.Warn("parked event dropped: its ticket was never bound", "desk", p.Event.Desk, "event", p.Event.Kind)
			drop = append(drop, p.ID)
		}
	}
	if len(drop) > 0 {
		if err := e.commit.do(ctx, Commit{Unpark: drop}); err != nil {
			return fmt.Errorf("drop parked events: %w", err)
		}
	}
	return nil
}

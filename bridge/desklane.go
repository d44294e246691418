package bridge

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

const (
	// backoffFirst and backoffMost bound the waits between calls to a desk
	// that does not answer.
	backoffFirst = 500 * time.Millisecond
	backoffMost  = 30 * time.Second
	// deniedEvery is how often a desk that does not know us is tried.
	deniedEvery = time.Minute
	// looks is how often is read back before a call in doubt is repeated.
	looks = 2
)

// deskLane is a conversation's lane towards the desk: a cursor over the
// entries addressed to it, and one call in flight. Guarded by the keeper's
// mutex.
type deskLane struct {
	running bool
	// last is the newest entry addressed to the desk.
	last int64
	// doubt: entries through this number may have been carried out by an
	// earlier run.
	doubt int64
	// wake tells the lane's goroutine that the conversation has changed.
	wake chan struct{}
	// begun is the handoff entry whose ticket may have been opened.
	begun int64
}

// operation is one entry as a call to the desk.
type operation struct {
	entry lifecycle.Entry
	// call does it, at most once.
	call func(context.Context) error
	// look reads back whether it has been done. Nil: repeating does no harm.
	look func(context.Context) (bool, error)
}

// deskLane lets the lane go on, if it has something to do.
func (k *keeper) deskLane() {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case k.desk.wake <- struct{}{}:
	default:
	}
	if !k.desk.running && k.desk.last > k.cursors.Desk {
		k.desk.running = true
		k.e.work.Go(k.runDesk)
	}
}

// runDesk performs entry after entry until there is none, or the lane is
// closed, or the engine stops.
func (k *keeper) runDesk() {
	for {
		entry, ok := k.nextForDesk()
		if !ok || !k.perform(entry) {
			break
		}
		k.mu.Lock()
		k.cursors.Desk = entry.Number
		if k.desk.last <= entry.Number {
			k.cursors.Desk = max(entry.Number, k.state.Number)
		}
		cursors := k.cursors
		k.mu.Unlock()
		k.e.saver.save(k.id, cursors)
	}
}

// nextForDesk is the next entry to perform. Without one the lane's goroutine
// is marked as ended.
func (k *keeper) nextForDesk() (lifecycle.Entry, bool) {
	for {
		k.mu.Lock()
		cursor, last := k.cursors.Desk, k.desk.last
		closed := k.state.Desk.Closed
		if cursor >= last || k.e.ctx.Err() != nil {
			k.desk.running = false
			k.mu.Unlock()
			return lifecycle.Entry{}, false
		}
		tail := k.tail
		k.mu.Unlock()
		entries, err := k.entries(k.e.ctx, tail, cursor+1, last)
		if err != nil {
			k.e.log.Error("desk lane", "conversation", k.id, "err", err)
			k.pause(backoffFirst, func() bool { return false })
			continue
		}
		for _, entry := range entries {
			if !entry.To.Has(lifecycle.ToDesk) {
				continue
			}
			if closed && entry.Said() && k.stays() {
				return lifecycle.Entry{}, false
			}
			return entry, true
		}
		k.mu.Lock() // nothing there is addressed to the desk after all
		k.cursors.Desk = last
		k.mu.Unlock()
	}
}

// stays marks the lane as ended if it is still closed: what is said waits.
func (k *keeper) stays() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state.Desk.Closed {
		k.desk.running = false
		return true
	}
	return false
}

// perform carries one entry out: until it is done, refused, or no longer
// wanted. False: the engine stops first.
func (k *keeper) perform(entry lifecycle.Entry) bool {
	op, ok := k.operation(entry)
	if !ok {
		return true
	}
	unwanted := func() bool { return k.unwanted(entry) }
	k.mu.Lock()
	doubt := entry.Number <= k.desk.doubt
	k.mu.Unlock()
	for attempt := 0; ; attempt++ {
		if unwanted() {
			return true
		}
		if doubt && op.look != nil {
			done, ok := k.readBack(op, unwanted)
			if done || !ok {
				return ok
			}
		}
		if wait := k.gate().wait(); wait > 0 && !k.pause(wait, unwanted) {
			return false
		}
		if unwanted() {
			return true
		}
		err := k.timed(op.call)
		if err == nil {
			return true
		}
		if k.e.ctx.Err() != nil {
			return false
		}
		var wait time.Duration
		if wait, doubt, ok = k.failed(entry, attempt, err); !ok {
			return true
		}
		if !k.pause(wait, unwanted) {
			return false
		}
	}
}

// failed takes note of a call that failed: how long to wait before the next
// try, and whether it may have been carried out. Not ok: it is refused, and
// that is the end of it.
func (k *keeper) failed(entry lifecycle.Entry, attempt int, err error) (wait time.Duration, doubt, ok bool) {
	failure, typed := errors.AsType[*DeskError](err)
	if !typed {
		failure = &DeskError{Kind: DeskUnavailable, Doubt: true, Err: err}
	}
	k.e.stats.deskErrors.Add(1)
	log := k.e.log.Warn
	wait = backoff(attempt)
	switch failure.Kind {
	case DeskRefused:
		k.e.log.Error("desk refuses", "conversation", k.id, "entry", entry.Number, "err", err)
		k.tell(lifecycle.Event{Kind: lifecycle.EventRefused, Entry: entry.Number, Detail: failure.Err.Error()})
		return 0, false, false
	case DeskDenied:
		log, wait = k.e.log.Error, deniedEvery
	default:
		if failure.RetryAfter > 0 {
			k.gate().shut(failure.RetryAfter)
			wait = max(wait, failure.RetryAfter)
		}
	}
	log("call to the desk", "conversation", k.id, "entry", entry.Number, "attempt", attempt+1,
		"retry_in", wait, "doubt", failure.Doubt, "err", err)
	if entry.Kind == lifecycle.EntryHandoff {
		k.tell(lifecycle.Event{Kind: lifecycle.EventDelayed, Entry: entry.Number, Detail: string(failure.Kind)})
	}
	return wait, failure.Doubt, true
}

// readBack looks, after a while and then once more, whether a call in doubt
// has been carried out. Not ok: the engine stops first.
func (k *keeper) readBack(op operation, unwanted func() bool) (done, ok bool) {
	for look := 0; look < looks; {
		if !k.pause(k.e.cfg.ReadbackAfter, unwanted) {
			return false, false
		}
		if unwanted() {
			return true, true
		}
		found, err := k.timedLook(op.look)
		switch {
		case k.e.ctx.Err() != nil:
			return false, false
		case err != nil:
			k.e.log.Warn("read back from the desk", "conversation", k.id, "entry", op.entry.Number, "err", err)
		case found:
			return true, true
		default:
			look++
		}
	}
	return false, true
}

// unwanted reports whether an entry is not to be carried out any more.
func (k *keeper) unwanted(entry lifecycle.Entry) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch entry.Kind {
	case lifecycle.EntryLeave:
		return false
	case lifecycle.EntryHandoff: // opened by a webhook, given up, or refused
		return k.known && k.state.Desk.Opening != entry.Number
	default:
		return k.known && entry.Number <= k.state.Desk.Skip
	}
}

// pause waits for d, or until the condition holds. False: the engine stops
// first.
func (k *keeper) pause(d time.Duration, until func() bool) bool {
	over := make(chan struct{})
	stop := k.e.clock.AfterFunc(d, func() { close(over) })
	defer stop()
	for !until() {
		select {
		case <-over:
			return true
		case <-k.desk.wake:
		case <-k.e.ctx.Done():
			return false
		}
	}
	return true
}

// tell hands in an event from the lane, and waits until it is durable.
func (k *keeper) tell(ev lifecycle.Event) {
	ev.At = k.e.now()
	for k.e.ctx.Err() == nil {
		_, err := k.e.deliver(k.e.ctx, k.id, ev)
		if !errors.Is(err, ErrUnavailable) {
			return
		}
		k.pause(retryAfter, func() bool { return false })
	}
}

// gate is the desk's gate; a channel without a desk has one of its own.
func (k *keeper) gate() *gate {
	k.mu.Lock()
	name := k.e.cfg.Channels[k.state.Channel].Desk
	k.mu.Unlock()
	if g := k.e.desks[name]; g != nil {
		return g
	}
	return &gate{clock: k.e.clock}
}

func (k *keeper) timed(call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(k.e.ctx, k.e.cfg.CallTimeout)
	defer cancel()
	return call(ctx)
}

func (k *keeper) timedLook(look func(context.Context) (bool, error)) (found bool, err error) {
	err = k.timed(func(ctx context.Context) error {
		found, err = look(ctx)
		return err
	})
	return found, err
}

// backoff is how long to wait after a number of failed tries: twice as long
// each time, and never all at once.
func backoff(attempt int) time.Duration {
	most := min(backoffFirst<<min(attempt, 10), backoffMost)
	return most/2 + rand.N(most/2)
}

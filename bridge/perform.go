package bridge

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
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

// operation is one entry as a call to the desk.
type operation struct {
	entry lifecycle.Entry
	by    *settings
	// call does it, at most once. files is how many files it transfers.
	call  func(context.Context) error
	files int
	// look reads back whether it has been done. Nil: repeating does no harm.
	look func(context.Context) (bool, error)
}

// perform carries one entry out: until it is done, refused, or no longer
// wanted. False: the lane is closed to it, or the engine stops first.
func (k *keeper) perform(entry lifecycle.Entry) bool {
	if !k.configured() {
		return false
	}
	unwanted := func() bool { return k.unwanted(entry) }
	op, ok := k.operation(k.e.settings(), entry)
	if !ok { // nothing to say, or no ticket to say it in
		return !unwanted() || k.drop(entry)
	}
	k.mu.Lock()
	doubt := entry.Number <= k.desk.doubt
	k.mu.Unlock()
	if doubt && speaks(entry) && k.settled(entry) {
		return true
	}
	for attempt := 0; ; attempt++ {
		if !k.configured() {
			return false
		}
		op = k.fresh(op)
		if doubt && op.look != nil {
			done, ok := k.readBack(op, unwanted)
			if done || !ok {
				return ok
			}
		}
		if unwanted() {
			return k.drop(entry)
		}
		if wait := k.gate().wait(); wait > 0 && !k.pause(wait, unwanted) {
			return false
		}
		if unwanted() {
			return k.drop(entry)
		}
		if k.stays(entry) {
			return false
		}
		err := k.timed(op.call, op.files)
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
		if !k.pause(wait, func() bool { return unwanted() || k.e.settings() != op.by }) {
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
	wait = backoff(k.id, entry.Number, attempt)
	switch failure.Kind {
	case DeskRefused:
		k.e.log.Error("desk refuses", "conversation", k.id, "entry", entry.Number, "err", err)
		k.tell(lifecycle.Event{
			Kind: lifecycle.EventRefused, Entry: entry.Number, Refuses: entry.Kind, Detail: failure.Err.Error(),
			Turn: entry.Turn, Seq: entry.Seq,
		})
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
		if errors.Is(err, ErrUnknownChannel) && k.configured() {
			continue
		}
		if !errors.Is(err, ErrUnavailable) {
			return
		}
		k.pause(retryAfter, func() bool { return false })
	}
}

// gate is the desk's gate; a channel without a desk has one of its own.
func (k *keeper) gate() *gate {
	k.mu.Lock()
	name := k.state.Channel
	k.mu.Unlock()
	now := k.e.settings()
	if g := now.gates[now.Channels[name].Desk]; g != nil {
		return g
	}
	return &gate{clock: k.e.clock}
}

// timed bounds a call, which may transfer files besides.
func (k *keeper) timed(call func(context.Context) error, files int) error {
	ctx, cancel := context.WithTimeout(k.e.ctx, k.e.settings().CallTimeout+time.Duration(files)*transferWithin)
	defer cancel()
	return call(ctx)
}

func (k *keeper) timedLook(look func(context.Context) (bool, error)) (found bool, err error) {
	err = k.timed(func(ctx context.Context) error {
		found, err = look(ctx)
		return err
	}, 0)
	return found, err
}

// backoff is how long to wait after a number of failed tries: twice as long
// each time, and never all at once. What spreads the waits is what they are
// for, so that a run can be repeated.
func backoff(id bot.ConversationID, entry int64, attempt int) time.Duration {
	most := min(backoffFirst<<min(attempt, 10), backoffMost)
	spread := fnv.New64a()
	fmt.Fprint(spread, id, entry, attempt)
	return most/2 + time.Duration(spread.Sum64()%uint64(most/2))
}

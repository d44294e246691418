package bridge

import (
	"context"
	"errors"
	"sync"
)

// Drain lets no more turns begin, and waits until the bots have ended those
// that they are at, and all that they said is durable; or until ctx is done.
// Everything else goes on: events are taken in, and their turns wait for the
// next run. There is no way back.
func (e *Engine) Drain(ctx context.Context) error {
	select {
	case <-e.turns.close():
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for _, k := range e.loaded.atWork() {
		for err := ErrUnavailable; errors.Is(err, ErrUnavailable); {
			last := &delivery{tick: true, done: make(chan receipt, 1)}
			k.put([]*delivery{last})
			select {
			case r := <-last.done: // and so all that came before it
				if err = r.err; err != nil {
					e.rest(ctx, retryAfter)
				}
			case <-e.ctx.Done():
				return ErrUnavailable
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// turnGate counts the turns that bots are at, and can be closed to further
// ones. The zero value is open. Safe for concurrent use.
type turnGate struct {
	mu     sync.Mutex
	inside int
	empty  chan struct{} // made by close; closed when no turn is left
}

// enter reports whether a turn may begin; when it has ended it leaves.
func (g *turnGate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty != nil {
		return false
	}
	g.inside++
	return true
}

func (g *turnGate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.inside == 0 && g.empty != nil {
		close(g.empty)
	}
}

// isOpen reports whether turns may begin.
func (g *turnGate) isOpen() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.empty == nil
}

// close lets no turn begin any more. The channel is closed when none is left.
func (g *turnGate) close() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty == nil {
		g.empty = make(chan struct{})
		if g.inside == 0 {
			close(g.empty)
		}
	}
	return g.empty
}

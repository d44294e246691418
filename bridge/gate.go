package bridge

import (
	"sync"
	"time"
)

// gate holds back the calls to one desk while the desk asks to wait.
type gate struct {
	clock Clock
	mu    sync.Mutex
	until time.Time
}

// shut closes the gate for d, unless it is closed for longer already.
func (g *gate) shut(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := g.clock.Now().Add(d); until.After(g.until) {
		g.until = until
	}
}

// wait is how long the gate stays closed.
func (g *gate) wait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until.Sub(g.clock.Now())
}

package supervisor

import "sync"

// gate counts who is inside, and can be closed to those who are not. The zero
// value is open. Safe for concurrent use.
type gate struct {
	mu     sync.Mutex
	inside int
	empty  chan struct{} // made by close; closed when nobody is inside
}

// enter reports whether one more may go in; who did calls leave.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.empty != nil {
		return false
	}
	g.inside++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.inside == 0 && g.empty != nil {
		close(g.empty)
	}
}

// close lets nobody in any more. The channel is closed when everybody is out.
func (g *gate) close() <-chan struct{} {
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

package host_test

import (
	"net"
	"sync"
	"testing"
)

// network is how it goes on the way between somebody and the host.
type network int

const (
	// passes: all that both sides say.
	passes network = iota
	// losesAnswers: what the host is told arrives; as soon as it says anything
	// itself, the connection is cut.
	losesAnswers
	// standsStill: nothing gets through, and nobody is told.
	standsStill
	// hangsUp: all connections are cut, and new ones at once.
	hangsUp
)

// relay is the way to a host, at an address that stays when the host moves.
type relay struct {
	listener net.Listener
	done     sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // of mu: state has changed
	state   network
	target  string // where the host is
	open    map[net.Conn]bool
	lost    int // answers
}

// newRelay opens a way that leads nowhere yet, until the test ends.
func newRelay(t *testing.T) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener, state: hangsUp, open: map[net.Conn]bool{}}
	r.changed = sync.NewCond(&r.mu)
	r.done.Go(r.accept)
	t.Cleanup(func() {
		listener.Close()
		r.becomes(hangsUp)
		r.done.Wait()
	})
	return r
}

// url is where the way begins.
func (r *relay) url() string { return "http://" + r.listener.Addr().String() }

// leadsTo lets the way pass to a host.
func (r *relay) leadsTo(target string) {
	r.mu.Lock()
	r.target = target
	r.mu.Unlock()
	r.becomes(passes)
}

// becomes changes how it goes.
func (r *relay) becomes(state network) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = state
	r.changed.Broadcast()
	if state == hangsUp {
		for conn := range r.open {
			conn.Close()
		}
	}
}

func (r *relay) accept() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.done.Go(func() { r.serve(conn) })
	}
}

// serve carries one connection.
func (r *relay) serve(caller net.Conn) {
	defer caller.Close()
	if !r.keep(caller) {
		return
	}
	defer r.forget(caller)
	r.mu.Lock()
	target := r.target
	r.mu.Unlock()
	host, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer host.Close()
	if !r.keep(host) {
		return
	}
	defer r.forget(host)
	r.done.Go(func() { r.carry(host, caller, true) })
	r.carry(caller, host, false)
}

// carry carries what one side says to the other, and cuts both off at the end.
func (r *relay) carry(from, to net.Conn, answers bool) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil || !r.lets(answers) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// lets reports whether something said may pass, as soon as that is decided.
func (r *relay) lets(answer bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.state == standsStill {
		r.changed.Wait()
	}
	if r.state == losesAnswers && answer {
		r.lost++
		return false
	}
	return r.state != hangsUp
}

// losses counts the answers that were lost.
func (r *relay) losses() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}

// keep remembers a connection, to be cut; false: it must be at once.
func (r *relay) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == hangsUp {
		return false
	}
	r.open[conn] = true
	return true
}

func (r *relay) forget(conn net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, conn)
}

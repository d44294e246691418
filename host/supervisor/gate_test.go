package supervisor

import "testing"

func TestGate(t *testing.T) {
	var g gate
	for range 2 {
		if !g.enter() {
			t.Fatal("an open gate is closed")
		}
	}
	g.leave()
	empty := g.close()
	if g.enter() {
		t.Error("a closed gate is open")
	}
	select {
	case <-empty:
		t.Error("empty with one inside")
	default:
	}
	g.leave()
	<-empty
	<-g.close() // again
}

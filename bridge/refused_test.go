package bridge_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRefusedIsSettled: what the desk has refused is not said again because
// the lane's progress was lost. TestSeeds has found it.
func TestRefusedIsSettled(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(0)
		w.desk.fault(fault{call: "send", err: no})
		w.store.forgetful.Store(true)
		w.says("refused")
		w.pass(time.Second)
		w.restart()
		w.says("taken")
		w.pass(time.Minute)
		want := []string{"customer: a person please", "customer: taken"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agents see: -want +got\n%s", diff)
		}
	})
}

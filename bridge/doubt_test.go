package bridge_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReadingBackIsRefused: a desk that says no to being read has nothing to
// show, and holds nobody up.
func TestReadingBackIsRefused(t *testing.T) {
	for call, look := range map[string]string{"send": "sent", "open": "find"} {
		t.Run(call, func(t *testing.T) {
			inWorld(t, echo, func(w *world) {
				w.desk.fault(fault{call: call, err: broken})
				w.desk.fault(slices.Repeat([]fault{{call: look, err: no}}, 100)...)
				w.says("a person please")
				w.says("hello?")
				w.pass(time.Minute)
				want := []string{"customer: a person please", "customer: hello?"}
				if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
					t.Errorf("the agents see: -want +got\n%s", diff)
				}
			})
		})
	}
}

package bridge_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
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

// TestDroppedWithoutTicket: what no ticket was opened for is in the journal as
// dropped, too.
func TestDroppedWithoutTicket(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(slices.Repeat([]fault{{call: "open", err: busy}}, 100)...)
		w.says("a person please")
		w.says("hello?")
		w.receive(lifecycle.Event{Kind: lifecycle.EventLeft, Conversation: "c1"})
		w.pass(time.Minute)
		if !slices.Contains(w.journal(), "9 dropped") {
			t.Errorf("the journal:\n%s", strings.Join(w.journal(), "\n"))
		}
	})
}

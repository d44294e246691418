package supervisor

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Trap 11: the host takes 4 MiB at most, and the process lives on.
func TestFatMessage(t *testing.T) {
	t.Parallel()
	h := startHost(t, "fat", nil)
	_, err := h.ask("say much", patience)
	wantError(t, err, "ResourceExhausted", "larger than max", "4194304")
	if status := h.ready(); status.Generation != 1 {
		t.Errorf("generation %d", status.Generation)
	}
}

func TestTurnsThatBreakTheContract(t *testing.T) {
	t.Parallel()
	for animal, want := range map[string]string{
		"noterminal": "without a terminal event",
		"endless":    "the bot broke the contract",
		"huge":       "larger than max (3221225472 vs. 4194304)",
		"binary":     "invalid UTF-8",
	} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, animal, nil)
			_, err := h.ask("hello", patience)
			wantError(t, err, want)
			if status := h.ready(); status.Generation != 1 {
				t.Errorf("generation %d", status.Generation)
			}
		})
	}
}

func TestHistoryIsAsShortAsTheBotWants(t *testing.T) {
	t.Parallel()
	if said, err := startHost(t, "brief", nil).ask("what was it?", patience); err != nil || said != "before, just now" {
		t.Errorf("came as %q, %v", said, err)
	}
}

func TestTurnsAtOnce(t *testing.T) {
	t.Parallel()
	h := startHost(t, "single", nil)
	g := func() *generation { h.ready(); return h.keepers[0].current.(*generation) }()
	hanging, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	b, _ := h.Bot("guest")
	go func() {
		_, err := ask(hanging, b, "hang")
		ended <- err
	}()
	waitFor(t, "the first turn is in flight", func() bool { return len(g.slots) == 1 })
	if _, err := h.ask("wait", 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second turn ended with %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := h.ask("now", patience); err != nil {
		t.Error(err)
	}
}

package supervisor

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestStopOfStoppedProcess(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(c *Config, l *timing) {
		c.TurnDeadline = 50 * time.Millisecond
		l.drain, l.shutdown, l.term = 50*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	})
	status := h.ready()
	freeze(t, status.PID)
	h.stop()
	wantReaped(t, status.PID)
}

func TestStopLadder(t *testing.T) {
	t.Parallel()
	t.Run("turns in flight end", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "busy", nil)
		typing, answer := make(chan struct{}), make(chan error, 1)
		b, _ := h.Bot("guest")
		go func() {
			first := true
			answer <- bot.Run(context.Background(), b, &bot.Turn{ID: "t"}, func(e bot.Event) error {
				if first {
					close(typing)
				}
				first = false
				if e.Fail != nil {
					return errors.New(e.Fail.Reason)
				}
				return nil
			})
		}()
		<-typing
		h.stop()
		if err := <-answer; err != nil {
			t.Errorf("the turn in flight ended with %v", err)
		}
		_, err := h.ask("hello", patience)
		wantError(t, err, "is being stopped")
	})
	t.Run("turns too long are cancelled", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "hangs", func(c *Config, _ *timing) { c.TurnDeadline = 50 * time.Millisecond })
		status := h.ready()
		answer := make(chan error, 1)
		go func() {
			_, err := h.ask("hello", patience)
			answer <- err
		}()
		g := h.keepers[0].current.(*generation)
		waitFor(t, "the turn is in flight", func() bool {
			g.gate.mu.Lock()
			defer g.gate.mu.Unlock()
			return g.gate.inside == 1
		})
		h.stop()
		wantError(t, <-answer, "is being stopped")
		h.log.wait(t, "turns are cancelled")
		wantReaped(t, status.PID)
	})
	t.Run("nothing helps but SIGKILL", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "stubborn", func(_ *Config, l *timing) {
			l.shutdown, l.term = 100*time.Millisecond, 100*time.Millisecond
		})
		status := h.ready()
		h.stop()
		h.log.wait(t, "did not leave on SIGTERM")
		wantReaped(t, status.PID)
		if got := h.Status()[0].LastExit.String(); got != "killed by SIGKILL" {
			t.Error(got)
		}
	})
	t.Run("its children go too", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "parent", nil)
		child := childOf(t, h)
		h.stop()
		wantGone(t, child)
	})
}

package supervisor

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestStrikes(t *testing.T) {
	for name, test := range map[string]struct {
		events string // c: check answered, C: missed; t: turn in time, T: late
		sick   bool
	}{
		"three missed":               {"CCC", true},
		"answered in between":        {"CCcCC", false},
		"late turns":                 {"TTTTTTTT", false},
		"nine late turns":            {"TTTTTTTTT", true},
		"checks don't excuse turns":  {"TTTcTTTcTTTc", true},
		"a turn in time does":        {"TTTTTTTTtT", false},
		"both together":              {"TTTCC", true},
		"turns don't excuse silence": {"CtCtC", true},
	} {
		var s strikes
		sick := false
		for _, event := range test.events {
			switch event {
			case 'c', 'C':
				sick = s.checked(event == 'c')
			default:
				sick = s.turned(event == 't')
			}
		}
		if sick != test.sick {
			t.Errorf("%s: sick %v", name, sick)
		}
	}
}

// Trap 3: a stopped process blocks nobody.
func TestStoppedProcess(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(_ *Config, l *timing) {
		l.healthEvery, l.health, l.term = 500*time.Millisecond, 200*time.Millisecond, 300*time.Millisecond
	})
	h.works()
	status := h.ready()
	freeze(t, status.PID)
	began := time.Now()
	if _, err := h.ask("hello", 100*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a turn ended with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the turn took %v", took)
	}
	h.nextAfter(status.Generation)
	h.log.wait(t, "bot did not answer a health check", "no answer in time")
	h.log.wait(t, "bot has fallen", "hangs: 3 health checks missed")
	h.works()
	wantReaped(t, status.PID)
}

// Trap 16: who emits in a turn is alive, whatever the health checks say.
func TestBusyIsAlive(t *testing.T) {
	t.Parallel()
	h := startHost(t, "busy", func(_ *Config, l *timing) {
		l.healthEvery, l.health = 100*time.Millisecond, 50*time.Millisecond
	})
	if _, err := h.ask("think", patience); err != nil {
		t.Errorf("a turn with signs of life ended with %v", err)
	}
	// And who does not is not.
	h.nextAfter(1)
}

func TestLateTurnsAreStrikes(t *testing.T) {
	t.Parallel()
	h := startHost(t, "hangs", func(c *Config, _ *timing) { c.TurnDeadline = 20 * time.Millisecond })
	h.ready()
	for range 2 * maxStrikes * lateTurns { // too short to prove anything
		if _, err := h.ask("hello", 5*time.Millisecond); err == nil {
			t.Fatal("it answered")
		}
	}
	for range maxStrikes * lateTurns {
		if _, err := h.ask("hello", 20*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("a turn ended with %v", err)
		}
	}
	h.nextAfter(1)
	h.log.wait(t, "bot has fallen", "9 turns past their deadline")
}

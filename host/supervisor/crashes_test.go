package supervisor

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestCrashLoop(t *testing.T) {
	minute := func(n float64) time.Time { return time.Unix(1e9, 0).Add(time.Duration(n * float64(time.Minute))) }
	for name, test := range map[string]struct {
		at   []float64
		loop bool
	}{
		"four":                    {[]float64{0, 1, 2, 3}, false},
		"five at once":            {[]float64{0, 0, 0, 0, 0}, true},
		"five in just ten":        {[]float64{0, 1, 2, 3, 10}, true},
		"five in more than ten":   {[]float64{0, 1, 2, 3, 10.1}, false},
		"the last five in ten":    {[]float64{0, 11, 12, 13, 14, 15}, true},
		"slow ones never add up":  {[]float64{0, 5, 10, 15, 20, 25, 30, 35}, false},
		"many, long ago, and one": {[]float64{0, 0, 0, 0, 60}, false},
	} {
		c, loop := crashes{window: 10 * time.Minute, most: 5}, false
		for _, at := range test.at {
			loop = c.add(minute(at))
		}
		if loop != test.loop {
			t.Errorf("%s: loop %v", name, loop)
		}
	}
}

// Trap 13: a crash in a turn is a crash, told with how and why.
func TestCrashInTurn(t *testing.T) {
	t.Parallel()
	h := startHost(t, "crashturn", nil)
	status := h.ready()
	_, err := h.ask("hello", patience)
	wantError(t, err, fmt.Sprintf("bot guest: its process %d ended: exit code 7", status.PID),
		`the last it logged: "ERROR out of ideas"`)
	var exit *ExitError
	if !errors.As(err, &exit) || exit.PID != status.PID || exit.Generation != 1 || exit.Bot != "guest" || isPermanent(err) {
		t.Errorf("no exit in %#v", err)
	}
	next := h.nextAfter(status.Generation)
	if next.PID == status.PID || next.LastExit.Code != 7 || next.Restarts() != 1 {
		t.Errorf("status %+v", next)
	}
	h.log.wait(t, "bot has fallen", "bot=guest", "generation=1", fmt.Sprintf("pid=%d", status.PID), "exit code 7")
}

func TestKilledInTurn(t *testing.T) {
	t.Parallel()
	h := startHost(t, "half", nil)
	status := h.ready()
	b, _ := h.Bot("guest")
	var said, reason string
	err := bot.Run(t.Context(), b, &bot.Turn{ID: "t"}, func(e bot.Event) error {
		switch {
		case e.Message != nil:
			said = e.Message.Text
			must(killPID(status.PID))
		case e.Fail != nil:
			reason = e.Fail.Reason
		}
		return nil
	})
	if err != nil || said != "half of an ans" || !strings.Contains(reason, "ended: killed by SIGKILL, not by this host") {
		t.Errorf("it said %q and failed with %q, %v", said, reason, err)
	}
	h.nextAfter(status.Generation)
}

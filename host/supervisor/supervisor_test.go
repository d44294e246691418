package supervisor

import (
	"testing"
)

func TestBotMadeWithSDK(t *testing.T) {
	t.Parallel()
	h := startHost(t, "good", nil)
	h.works()
	h.log.wait(t, "printed to stdout", "bot=guest", "generation=1", "pid=")
	status := h.ready()
	h.stop()
	wantReaped(t, status.PID)
	if got := h.Status()[0]; got.State != StateStopped || got.LastExit.String() != "exit code 0" {
		t.Errorf("status %+v", got)
	}
}

package supervisor

import (
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestBotMadeWithSDK(t *testing.T) {
	t.Parallel()
	h := startHost(t, "good", nil)
	h.works()
	h.log.wait(t, "printed to stdout", "bot=guest", "generation=1", "pid=")
	b, _ := h.Bot("guest")
	if err := b.(bot.Observer).Observe(t.Context(), &bot.Observed{Conversation: "c"}); err != nil {
		t.Errorf("a bot that does not observe: %v", err)
	}
	status := h.ready()
	h.stop()
	wantReaped(t, status.PID)
	if got := h.Status()[0]; got.State != StateStopped || got.LastExit.String() != "exit code 0" {
		t.Errorf("status %+v", got)
	}
}

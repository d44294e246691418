package supervisor

import (
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestUnknownBotAndSecondRun(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", nil)
	if _, ok := h.Bot("stranger"); ok {
		t.Error("a stranger is a bot")
	}
	h.ready()
	wantError(t, h.Run(t.Context()), "it was run before")
}

func TestTwoStartsAtOnce(t *testing.T) {
	t.Parallel()
	limits := quick()
	var configs []Config
	for _, name := range []string{"a", "b", "c", "d"} {
		config := zooConfig("silent")
		config.Name = name
		configs = append(configs, config)
	}
	limits.handshake = time.Hour
	s, err := New(configs, Options{RunDir: shortDir(t), Logger: quiet(), timing: &limits})
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	starting := func() (n int) {
		for _, k := range s.keepers {
			k.mu.Lock()
			n += k.number
			k.mu.Unlock()
		}
		return n
	}
	waitFor(t, "two are starting", func() bool {
		return starting() == 2 && len(strays(genDirOf(s, 1))) == 1 && len(strays(genDirOf(s, 2))) == 1
	})
	if n := starting(); n != 2 {
		t.Errorf("%d are starting", n)
	}
}

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

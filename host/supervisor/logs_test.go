package supervisor

import (
	"strings"
	"testing"
)

// Trap 1: no line on stderr hurts the host.
func TestStrangeLogLine(t *testing.T) {
	t.Parallel()
	h := startHost(t, "message42", nil)
	h.works()
	h.log.wait(t, "msg=42", "stream=stderr", "plugin.x=[null]", "bot=guest")
}

// Trap 5: long lines and floods on either output stop nothing.
func TestLongLines(t *testing.T) {
	t.Parallel()
	h := startHost(t, "longline", nil)
	h.log.wait(t, "stream=stdout", "cut_bytes=1032192")
	h.log.wait(t, "stream=stderr", "cut_bytes=1032192")
	h.log.wait(t, "after the long line")
	h.works()
}

func TestFlood(t *testing.T) {
	t.Parallel()
	h := startHost(t, "flood", nil)
	h.works()
	h.log.wait(t, "the bot logs too much: lines were dropped", "limit_per_second=100")
	h.works()
	if status := h.ready(); status.Generation != 1 || len(status.Log) != keptLines {
		t.Errorf("generation %d, %d lines", status.Generation, len(status.Log))
	}
}

func TestSecretsAreCutOut(t *testing.T) {
	t.Parallel()
	h := startHost(t, "blabs", func(c *Config, _ *timing) { c.Secrets = map[string]string{"token": "hunter22"} })
	status := h.failed()
	h.log.wait(t, "my token is [secret token]")
	_, err := h.ask("hello", patience)
	wantError(t, err, "cannot use [secret token]")
	for _, text := range []string{err.Error(), h.log.String(), status.LastError, strings.Join(status.Log, "\n")} {
		if strings.Contains(text, "hunter22") {
			t.Errorf("the secret is in %q", text)
		}
	}
}

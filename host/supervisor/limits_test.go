package supervisor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The limits are those of the process, and of what it starts.
func TestLimits(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(c *Config, _ *timing) { c.Limits.Files = 200 })
	var now unix.Rlimit
	must(unix.Prlimit(h.ready().PID, unix.RLIMIT_NOFILE, nil, &now))
	if now.Cur != 200 || now.Max != 200 {
		t.Errorf("it may open %d files, %d at most", now.Cur, now.Max)
	}
	h.works()
}

// A bot that eats memory gets no more than its limit. Eater is a script, for a
// binary built with -race reserves more than any limit.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "eater")
	must(os.WriteFile(script, []byte("#!/bin/sh\nx=xxxxxxxxxxxxxxxx\nwhile :; do x=$x$x; done\n"), 0o700))
	h := startConfig(t, Config{
		Name: "guest", Command: []string{script}, BaseDir: "/", Limits: Limits{Memory: 64 << 20},
	}, quick())
	status := h.failed()
	if !strings.Contains(status.LastError, "its memory is limited to 64 MiB by limits.memory, which may be why") {
		t.Errorf("the operator sees %q, log %q", status.LastError, status.Log)
	}
	t.Logf("%s", status.LastError)
}

// A limit that the system does not take is said to be none.
func TestLimitNotInForce(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(c *Config, _ *timing) { c.Limits.Files = 1 << 40 }) // more than there can be
	h.works()
	if !strings.Contains(h.log.String(), "a limit of the bot is not in force") {
		t.Errorf("the log says nothing")
	}
	trial, err := Check(t.Context(), h.now()[0].config, Options{RunDir: shortDir(t), Logger: quiet()})
	if err != nil || len(trial.NotInForce) != 1 || trial.NotInForce[0].Limit != "files" {
		t.Errorf("a check says %+v, %v", trial, err)
	}
}

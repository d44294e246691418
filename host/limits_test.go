package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBotThatEatsMemory is contained: it is the animal "leaks memory", with a
// limit. It is a script, for a binary built with -race reserves too much.
func TestBotThatEatsMemory(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "eater")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nx=xxxxxxxxxxxxxxxx\nwhile :; do x=$x$x; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := newPen(t, []string{script}, ", turn_deadline: 1s, limits: {memory: 64MiB, files: 100}", "")
	c := p.newCustomer(webSecret)
	c.says("hello")
	c.awaitHeldBy("queue")
	c.awaitHas("<queued>")
	p.lives()
	const why = "its memory is limited to 64 MiB by limits.memory, which may be why"
	p.logs("bot did not start", why)
	p.shows("why it has ended", func(g guest) bool { return g.State != "ready" && strings.Contains(g.LastError, why) })
}

package supervisor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pids are the processes by bot.
func (h *host) pids() map[string]int {
	pids := map[string]int{}
	for _, s := range h.Status() {
		pids[s.Name] = s.PID
	}
	return pids
}

// changes prepares a change, which must be well.
func (h *host) changes(bots ...Config) *Change {
	h.t.Helper()
	change, err := h.Prepare(h.t.Context(), bots)
	if err != nil {
		h.t.Fatal(err)
	}
	return change
}

func called(name string, c Config) Config {
	c.Name = name
	return c
}

// TestChange: a turn ends with the process that it began with, the next one
// goes to the new process, and what has not changed is not touched.
func TestChange(t *testing.T) {
	t.Parallel()
	h := startConfig(t, zooConfig("patient", "first"), quick())
	h.ready()
	h.changes(zooConfig("patient", "first"), called("stays", zooConfig("echo")), called("goes", zooConfig("echo"))).take()
	before := h.pids()

	file := filepath.Join(t.TempDir(), "go on")
	type answer struct {
		said string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		said, err := h.ask(file, patience)
		answers <- answer{said, err}
	}()
	exists := func(file string) func() bool {
		return func() bool { _, err := os.Stat(file); return err == nil }
	}
	waitFor(t, "the first is asked", exists(file+".asked"))
	h.changes(called("comes", zooConfig("echo")), zooConfig("patient", "second"), called("stays", zooConfig("echo"))).take()
	after := h.pids()
	if len(after) != 3 || after["stays"] != before["stays"] || after["guest"] == before["guest"] || after["comes"] == 0 {
		t.Errorf("processes %v, then %v", before, after)
	}
	wantGone(t, before["goes"])
	if _, ok := h.Bot("goes"); ok {
		t.Error("a bot that is gone is found")
	}
	must(os.WriteFile(file, nil, 0o600))
	if got := <-answers; got != (answer{"first", nil}) {
		t.Errorf("the turn that was under way: %+v", got)
	}
	if said, err := h.ask(file, patience); said != "second" || err != nil {
		t.Errorf("the next turn: %q, %v", said, err)
	}
	wantGone(t, before["guest"])
	if s := h.Status()[1]; s.Generation != 2 || s.State != StateReady {
		t.Errorf("status %+v", s)
	}
}

func (c *Change) take() {
	c.Apply()
	c.Retire()
}

// TestChangeThatDoesNotStart changes nothing, says of every bot what is wrong,
// and leaves nothing running.
func TestChangeThatDoesNotStart(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", nil)
	h.ready()
	before := h.pids()
	_, err := h.Prepare(t.Context(), []Config{
		zooConfig("settings"), called("crash", zooConfig("crash")), called("fine", zooConfig("echo")),
	})
	var wrong *ChangeError
	if !errors.As(err, &wrong) || len(wrong.Bots) != 2 {
		t.Fatal(err)
	}
	wantError(t, err, "answers", "is missing; name a file", "boom: no model found")
	if diff := cmp.Diff(before, h.pids()); diff != "" {
		t.Error(diff)
	}
	h.works()
	if _, err := h.Prepare(t.Context(), []Config{{Name: "guest"}}); err == nil {
		t.Error("a bot without a program")
	}
	h.changes(zooConfig("echo")).Abandon() // nothing to do, and others can follow
	h.changes(zooConfig("echo")).take()
	h.works()
	if diff := cmp.Diff(before, h.pids()); diff != "" {
		t.Error(diff)
	}
}

// TestChangeOfFiles: a file that the settings name is other than it was, and
// so the bot is started again.
func TestChangeOfFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "answers.yaml")
	must(os.WriteFile(file, []byte("a: b"), 0o600))
	config := zooConfig("echo")
	config.Settings = map[string]any{"more": []any{map[string]any{"answers": file}}}
	h := startConfig(t, config, quick())
	h.ready()
	first := h.pids()
	h.changes(config).take()
	if diff := cmp.Diff(first, h.pids()); diff != "" {
		t.Error(diff)
	}
	must(os.WriteFile(file, []byte("a: another"), 0o600))
	h.changes(config).take()
	if h.pids()["guest"] == first["guest"] {
		t.Error("the bot was not started again")
	}
	h.works()
}

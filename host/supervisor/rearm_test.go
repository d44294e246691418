package supervisor

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCrashLoopAndRearm(t *testing.T) {
	t.Parallel()
	repaired := filepath.Join(t.TempDir(), "model")
	h := startConfig(t, zooConfig("crashonce", repaired), quick())
	status := h.failed()
	if status.Generation != 5 || !containsAll(status.LastError, []string{"5 crashes within 10m0s", "exit code 3", "boom: no model found"}) {
		t.Errorf("generation %d: %s", status.Generation, status.LastError)
	}
	began := time.Now()
	_, err := h.ask("hello", patience)
	wantError(t, err, "bot guest has failed", "boom: no model found")
	if !isPermanent(err) || time.Since(began) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	must(os.WriteFile(repaired, nil, 0o600))
	if !h.Rearm("guest") || h.Rearm("stranger") {
		t.Error("Rearm knows the wrong bots")
	}
	h.ready()
	h.works()
}

func TestRepairRearms(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "bot")
	h := startConfig(t, Config{Name: "guest", Command: []string{program, "zoo", "echo"}, BaseDir: "/"}, quick())
	h.failed()
	must(os.Symlink(evalPath(t, os.Args[0]), program))
	h.ready()
	h.works()
}

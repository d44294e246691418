package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// late is how long what must come is waited for; no test waits it out.
const late = 90 * time.Second

// built is where TestMain puts the binaries.
var built string

func TestMain(m *testing.M) {
	code := 1
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, "build the demo:", err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(built)
	os.Exit(code)
}

// build builds what `make build` does, in the same way: what that has built
// need not be compiled again.
func build() (err error) {
	if built, err = os.MkdirTemp("", "demo"); err != nil {
		return err
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", built+"/", ".", "../../plugins/faq", "../../host/patchbay")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// home is a checkout as far as the demo looks for it: binaries, the answers of
// the faq, and a place for temporary files. When the test ends nothing may run
// or be left that came from here.
type home struct {
	t   *testing.T
	dir string
}

func newHome(t *testing.T) home {
	t.Helper()
	dir, err := os.MkdirTemp("", "home") //nolint:usetesting // t.TempDir is too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	h := home{t, dir}
	t.Cleanup(func() {
		defer os.RemoveAll(dir)
		h.awaitQuiet()
		if left, err := os.ReadDir(h.path("tmp")); err != nil || len(left) > 0 {
			t.Errorf("temporary files are left: %v %v", left, err)
		}
	})
	for _, folder := range []string{"bin", "tmp", "plugins/faq"} {
		if err := os.MkdirAll(h.path(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"demo", "faq", "patchbay"} {
		if err := os.Link(filepath.Join(built, name), h.path("bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	h.answers(func(text string) string { return text })
	return h
}

func (h home) path(parts ...string) string {
	return filepath.Join(append([]string{h.dir}, parts...)...)
}

// answers puts the faq's answers down, changed by edit.
func (h home) answers(edit func(string) string) {
	h.t.Helper()
	text, err := os.ReadFile("../../plugins/faq/answers.yaml")
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(h.path("plugins/faq/answers.yaml"), []byte(edit(string(text))), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// processes run a binary of this home, as "pid command line".
func (h home) processes() []string {
	h.t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		h.t.Fatal(err)
	}
	var running []string
	for _, exe := range found {
		if target, err := os.Readlink(exe); err != nil || !strings.HasPrefix(target, h.dir+"/") {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(exe), "cmdline")) // it may be gone by now
		running = append(running, strings.Split(exe, "/")[2]+" "+string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
	}
	return running
}

// awaitQuiet waits until none does.
func (h home) awaitQuiet() {
	h.t.Helper()
	h.await("all processes have ended", func() error {
		if left := h.processes(); len(left) > 0 {
			return fmt.Errorf("left behind: %q", left)
		}
		return nil
	})
}

// clearUp removes what was left by processes that were killed: the next host
// would.
func (h home) clearUp() {
	h.t.Helper()
	left, err := os.ReadDir(h.path("tmp"))
	for _, entry := range left {
		err = errors.Join(err, os.RemoveAll(h.path("tmp", entry.Name())))
	}
	if err != nil {
		h.t.Error(err)
	}
}

// await waits until there is no error any more.
func (h home) await(what string, wrong func() error) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), late)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := wrong()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			h.t.Fatalf("%s: not in %s: %v", what, late, err)
		case <-again.C:
		}
	}
}

// environment is what the demo is started with: nothing of the tester's own
// choices.
func (h home) environment(more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + h.path("tmp")}, more...)
}

package supervisor

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func sumOf(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(raw))
}

// Trap 10: the pin is checked, of the file that is executed.
func TestPinnedProgram(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(c *Config, _ *timing) { c.SHA256 = strings.ToUpper(sumOf(t, os.Args[0])) })
	h.works()
	first := h.ready()
	must(killPID(first.PID)) // the next one is checked anew
	h.nextAfter(first.Generation)
	h.works()
}

func TestWrongPin(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(c *Config, _ *timing) { c.SHA256 = strings.Repeat("ab", 32) })
	status := h.failed()
	if !containsAll(status.LastError, []string{"start bot guest: pin: pinned file differs: ", "the configuration pins abab", "pin it"}) || status.Generation != 1 {
		t.Errorf("generation %d: %s", status.Generation, status.LastError)
	}
}

// A pinned file that has become a pipe is found out, not waited for: a start
// that waits for ever would keep others from starting.
func TestPinnedPipe(t *testing.T) {
	t.Parallel()
	config := zooConfig("echo")
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(unix.Mkfifo(pipe, 0o600))
	config.Files = map[string]string{pipe: strings.Repeat("ab", 32)}
	checked := make(chan error, 1)
	dir := shortDir(t)
	go func() {
		_, err := Check(context.Background(), config, Options{RunDir: dir, Logger: quiet()})
		checked <- err
	}()
	select {
	case err := <-checked:
		wantError(t, err, "pin: read pinned file: "+pipe+" is not a regular file")
	case <-time.After(patience):
		t.Error("it is waited for")
	}
}

func TestPinnedScript(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "bot.sh")
	must(os.WriteFile(script, []byte("exec \"$1\" zoo echo\n"), 0o600))
	config := Config{
		Name: "guest", Command: []string{"/bin/sh", script, os.Args[0]}, BaseDir: "/",
		Files: map[string]string{script: sumOf(t, script)},
	}
	if _, err := Check(t.Context(), config, Options{RunDir: shortDir(t), Logger: quiet()}); err != nil {
		t.Fatal(err)
	}
	must(os.WriteFile(script, []byte("exec \"$1\" zoo echo # changed\n"), 0o600))
	_, err := Check(t.Context(), config, Options{RunDir: shortDir(t), Logger: quiet()})
	wantError(t, err, "pin: pinned file differs", script)
}

// A pinned script with a #! line is run through its descriptor too.
func TestPinnedScriptAsProgram(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "bot")
	must(os.WriteFile(script, []byte("#!/bin/sh\nexec \"$1\" zoo echo\n"), 0o700))
	config := Config{Name: "guest", Command: []string{script, os.Args[0]}, BaseDir: "/", SHA256: sumOf(t, script)}
	if _, err := Check(t.Context(), config, Options{RunDir: shortDir(t), Logger: quiet()}); err != nil {
		t.Fatal(err)
	}
}

// What is executed is what was hashed, even if the path leads elsewhere by then.
func TestPinnedFileIsTheOneExecuted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "bot")
	must(os.WriteFile(program, []byte("#!/bin/sh\nexit 11\n"), 0o700))
	p, err := verifyPins(Config{Command: []string{program}, SHA256: sumOf(t, program)})
	must(err)
	defer p.close()
	other := filepath.Join(dir, "other")
	must(os.WriteFile(other, []byte("#!/bin/sh\nexit 22\n"), 0o700))
	must(os.Rename(other, program))
	proc, err := startProcess(command{path: program, args: []string{program}, program: p.program})
	must(err)
	<-proc.exited
	if got := proc.exit.String(); got != "exit code 11" {
		t.Error(got)
	}
}

// A file changed after it was hashed is noticed before the bot gets secrets.
func TestPinnedFileChangedDuringStart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string){
		"written to": func(path string) {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			must(err)
			_, err = file.WriteString("B")
			must(err)
			must(file.Close())
		},
		"replaced": func(path string) {
			must(os.WriteFile(path+".new", []byte("A"), 0o600))
			must(os.Rename(path+".new", path))
		},
		"removed": func(path string) { must(os.Remove(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bot.py")
			must(os.WriteFile(path, []byte("A"), 0o600))
			p, err := verifyPins(Config{Files: map[string]string{path: sumOf(t, path)}})
			must(err)
			must(p.again())
			change(path)
			if err := p.again(); err == nil {
				t.Error("it was not noticed")
			}
			g := &generation{pins: p, client: bot.NewClient(nil)} // to which nothing may be said
			wantError(t, g.configure(t.Context(), false), "")
		})
	}
}

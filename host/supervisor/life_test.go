package supervisor

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Trap 1: no line on stderr hurts the host.
func TestStrangeLogLine(t *testing.T) {
	t.Parallel()
	h := startHost(t, "message42", nil)
	h.works()
	h.log.wait(t, "msg=42", "stream=stderr", "plugin.x=[null]", "bot=guest")
}

// Trap 2: a certificate in the handshake is met by a TLS configuration; and a
// panic in the library would be an error (TestGuardTurnsPanicIntoError).
func TestCertificateWithoutTLS(t *testing.T) {
	t.Parallel()
	h := startHost(t, "falsecert", func(_ *Config, l *timing) { l.loopCrashes = 1 })
	if status := h.failed(); !strings.Contains(status.LastError, "does not look like a TLS handshake") {
		t.Error(status.LastError)
	}
}

// Trap 3: a stopped process blocks nobody.
func TestStoppedProcess(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(_ *Config, l *timing) {
		l.healthEvery, l.health, l.term = 500*time.Millisecond, 200*time.Millisecond, 300*time.Millisecond
	})
	h.works()
	status := h.ready()
	freeze(t, status.PID)
	began := time.Now()
	if _, err := h.ask("hello", 100*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a turn ended with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the turn took %v", took)
	}
	h.nextAfter(status.Generation)
	h.log.wait(t, "bot did not answer a health check", "no answer in time")
	h.log.wait(t, "bot has fallen", "hangs: 3 health checks missed")
	h.works()
	wantReaped(t, status.PID)
}

func TestStopOfStoppedProcess(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", func(c *Config, l *timing) {
		c.TurnDeadline = 50 * time.Millisecond
		l.drain, l.shutdown, l.term = 50*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	})
	status := h.ready()
	freeze(t, status.PID)
	h.stop()
	wantReaped(t, status.PID)
}

// Trap 4: a child that holds the outputs keeps nothing up.
func TestChildHoldingOutput(t *testing.T) {
	t.Parallel()
	for _, animal := range []string{"parent", "parent-setsid"} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, animal, nil)
			line := h.log.wait(t, "msg=\"child ")
			child, err := strconv.Atoi(strings.Trim(strings.Fields(line[strings.Index(line, "child "):])[1], `"`))
			must(err)
			status := h.ready()
			_, err = h.ask("die", patience)
			wantError(t, err, "ended: exit code 5")
			h.nextAfter(status.Generation)
			wantReaped(t, status.PID)
			wantGone(t, child)
			if animal == "parent-setsid" {
				h.log.wait(t, "processes that the bot had started", strconv.Itoa(child), "left=[]")
			}
		})
	}
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

// Trap 6: no process outlives a killed host, even one that ignores the end of
// stdin; and the next host clears away what it left.
func TestHostKilled(t *testing.T) {
	t.Parallel()
	for _, animal := range []string{"echo", "stubborn"} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			parent := shortDir(t)
			host := exec.Command(os.Args[0], "zoo", "host", parent, animal)
			host.Stderr = os.Stderr
			stdout, err := host.StdoutPipe()
			must(err)
			must(host.Start())
			line, err := bufio.NewReader(stdout).ReadString('\n')
			must(err)
			pid, err := strconv.Atoi(strings.TrimSpace(line))
			must(err)
			must(unix.Kill(pid, 0))
			must(host.Process.Kill())
			_ = host.Wait()
			wantGone(t, pid)
			dirs, err := openRunDir(parent)
			must(err)
			defer dirs.close()
			if left, _ := filepath.Glob(parent + "/*"); len(left) != 1 || left[0] != dirs.path {
				t.Errorf("left in the run directory: %v", left)
			}
		})
	}
}

// Trap 6: the process lives on when the thread that wanted it does not.
func TestProcessOutlivesThread(t *testing.T) {
	t.Parallel()
	began := make(chan *process)
	go func() {
		runtime.LockOSThread() // the thread ends with this goroutine
		p, err := startProcess(command{path: "/bin/cat", args: []string{"cat"}})
		must(err)
		began <- p
	}()
	p := <-began
	for range 3 { // threads come and go
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			runtime.LockOSThread()
		}()
		<-ended
	}
	_, err := p.stdin.WriteString("still here\n")
	must(err)
	line, err := bufio.NewReader(p.stdout).ReadString('\n')
	if err != nil || line != "still here\n" {
		t.Errorf("read %q, %v", line, err)
	}
	p.stdin.Close() // to cat, the end
	<-p.exited
	if got := p.exit.String(); got != "exit code 0" {
		t.Error(got)
	}
	p.kill() // of nobody any more: no harm
}

// Trap 11: the host takes 4 MiB at most, and the process lives on.
func TestFatMessage(t *testing.T) {
	t.Parallel()
	h := startHost(t, "fat", nil)
	_, err := h.ask("say much", patience)
	wantError(t, err, "ResourceExhausted", "larger than max", "4194304")
	if status := h.ready(); status.Generation != 1 {
		t.Errorf("generation %d", status.Generation)
	}
}

// Trap 13: a crash in a turn is a crash, told with how and why.
func TestCrashInTurn(t *testing.T) {
	t.Parallel()
	h := startHost(t, "crashturn", nil)
	status := h.ready()
	_, err := h.ask("hello", patience)
	wantError(t, err, fmt.Sprintf("bot guest: its process %d ended: exit code 7", status.PID),
		`the last it logged: "ERROR out of ideas"`)
	var exit *ExitError
	if !errors.As(err, &exit) || exit.PID != status.PID || exit.Generation != 1 || exit.Bot != "guest" || isPermanent(err) {
		t.Errorf("no exit in %#v", err)
	}
	next := h.nextAfter(status.Generation)
	if next.PID == status.PID || next.LastExit.Code != 7 || next.Restarts() != 1 {
		t.Errorf("status %+v", next)
	}
	h.log.wait(t, "bot has fallen", "bot=guest", "generation=1", fmt.Sprintf("pid=%d", status.PID), "exit code 7")
}

func TestKilledInTurn(t *testing.T) {
	t.Parallel()
	h := startHost(t, "half", nil)
	status := h.ready()
	b, _ := h.Bot("guest")
	var said, reason string
	err := bot.Run(t.Context(), b, &bot.Turn{ID: "t"}, func(e bot.Event) error {
		switch {
		case e.Message != nil:
			said = e.Message.Text
			must(killPID(status.PID))
		case e.Fail != nil:
			reason = e.Fail.Reason
		}
		return nil
	})
	if err != nil || said != "half of an ans" || !strings.Contains(reason, "ended: killed by SIGKILL, not by this host") {
		t.Errorf("it said %q and failed with %q, %v", said, reason, err)
	}
	h.nextAfter(status.Generation)
}

// Trap 16: who emits in a turn is alive, whatever the health checks say.
func TestBusyIsAlive(t *testing.T) {
	t.Parallel()
	h := startHost(t, "busy", func(_ *Config, l *timing) {
		l.healthEvery, l.health = 100*time.Millisecond, 50*time.Millisecond
	})
	if _, err := h.ask("think", patience); err != nil {
		t.Errorf("a turn with signs of life ended with %v", err)
	}
	// And who does not is not.
	h.nextAfter(1)
}

func TestLateTurnsAreStrikes(t *testing.T) {
	t.Parallel()
	h := startHost(t, "hangs", func(c *Config, _ *timing) { c.TurnDeadline = 20 * time.Millisecond })
	h.ready()
	for range 2 * maxStrikes * lateTurns { // too short to prove anything
		if _, err := h.ask("hello", 5*time.Millisecond); err == nil {
			t.Fatal("it answered")
		}
	}
	for range maxStrikes * lateTurns {
		if _, err := h.ask("hello", 20*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("a turn ended with %v", err)
		}
	}
	h.nextAfter(1)
	h.log.wait(t, "bot has fallen", "9 turns past their deadline")
}

func TestTurnsThatBreakTheContract(t *testing.T) {
	t.Parallel()
	for animal, want := range map[string]string{
		"noterminal": "without a terminal event",
		"endless":    "the bot broke the contract",
		"huge":       "larger than max (3221225472 vs. 4194304)",
		"binary":     "invalid UTF-8",
	} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, animal, nil)
			_, err := h.ask("hello", patience)
			wantError(t, err, want)
			if status := h.ready(); status.Generation != 1 {
				t.Errorf("generation %d", status.Generation)
			}
		})
	}
}

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

func TestStopLadder(t *testing.T) {
	t.Parallel()
	t.Run("turns in flight end", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "busy", nil)
		typing, answer := make(chan struct{}), make(chan error, 1)
		b, _ := h.Bot("guest")
		go func() {
			first := true
			answer <- bot.Run(context.Background(), b, &bot.Turn{ID: "t"}, func(e bot.Event) error {
				if first {
					close(typing)
				}
				first = false
				if e.Fail != nil {
					return errors.New(e.Fail.Reason)
				}
				return nil
			})
		}()
		<-typing
		h.stop()
		if err := <-answer; err != nil {
			t.Errorf("the turn in flight ended with %v", err)
		}
		_, err := h.ask("hello", patience)
		wantError(t, err, "is being stopped")
	})
	t.Run("turns too long are cancelled", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "hangs", func(c *Config, _ *timing) { c.TurnDeadline = 50 * time.Millisecond })
		status := h.ready()
		answer := make(chan error, 1)
		go func() {
			_, err := h.ask("hello", patience)
			answer <- err
		}()
		g := h.keepers[0].current.(*generation)
		waitFor(t, "the turn is in flight", func() bool {
			g.gate.mu.Lock()
			defer g.gate.mu.Unlock()
			return g.gate.inside == 1
		})
		h.stop()
		wantError(t, <-answer, "is being stopped")
		h.log.wait(t, "turns are cancelled")
		wantReaped(t, status.PID)
	})
	t.Run("nothing helps but SIGKILL", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "stubborn", func(_ *Config, l *timing) {
			l.shutdown, l.term = 100*time.Millisecond, 100*time.Millisecond
		})
		status := h.ready()
		h.stop()
		h.log.wait(t, "did not leave on SIGTERM")
		wantReaped(t, status.PID)
		if got := h.Status()[0].LastExit.String(); got != "killed by SIGKILL" {
			t.Error(got)
		}
	})
	t.Run("its children go too", func(t *testing.T) {
		t.Parallel()
		h := startHost(t, "parent", nil)
		line := h.log.wait(t, "msg=\"child ")
		child, err := strconv.Atoi(strings.Trim(strings.Fields(line[strings.Index(line, "child "):])[1], `"`))
		must(err)
		h.stop()
		wantGone(t, child)
	})
}

func TestLeavesOnEndOfStdin(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", nil)
	status := h.ready()
	h.keepers[0].current.(*generation).proc.stdin.Close()
	next := h.nextAfter(status.Generation)
	if next.LastExit.String() != "exit code 0" {
		t.Errorf("exit: %s", next.LastExit)
	}
	h.log.wait(t, "leaving: stdin has ended")
}

func TestTurnsAtOnce(t *testing.T) {
	t.Parallel()
	h := startHost(t, "single", nil)
	g := func() *generation { h.ready(); return h.keepers[0].current.(*generation) }()
	hanging, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	b, _ := h.Bot("guest")
	go func() {
		_, err := ask(hanging, b, "hang")
		ended <- err
	}()
	waitFor(t, "the first turn is in flight", func() bool { return len(g.slots) == 1 })
	if _, err := h.ask("wait", 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second turn ended with %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := h.ask("now", patience); err != nil {
		t.Error(err)
	}
}

func TestUnknownBotAndSecondRun(t *testing.T) {
	t.Parallel()
	h := startHost(t, "echo", nil)
	if _, ok := h.Bot("stranger"); ok {
		t.Error("a stranger is a bot")
	}
	h.ready()
	wantError(t, h.Run(t.Context()), "it was run before")
}

// isPermanent reports whether the host would not put the turn again.
func isPermanent(err error) bool {
	var retryable bool
	_ = bot.Run(context.Background(), bot.Func(func(context.Context, *bot.Turn, *bot.Reply) error { return err }),
		&bot.Turn{}, func(e bot.Event) error {
			retryable = e.Fail.Retryable
			return nil
		})
	return !retryable
}

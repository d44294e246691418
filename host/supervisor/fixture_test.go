package supervisor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

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

// patience is how long a test waits for what must come. It is long, since
// machines are busy; no test waits it out.
const patience = 30 * time.Second

// quick is timing for tests: what is not waited for may take long, what is
// waited for is short.
func quick() timing {
	t := defaultTiming()
	t.blame = 2 * time.Second
	t.term = 5 * time.Second
	t.shutdown = 5 * time.Second
	t.backoffMin, t.backoffMax = 5*time.Millisecond, 20*time.Millisecond
	t.lookAgain = 20 * time.Millisecond
	return t
}

// host is a supervisor with one bot from the zoo.
type host struct {
	*Supervisor
	t    *testing.T
	log  *journal
	stop func() // and waits until it is stopped
}

// startHost starts a bot; what is set up differently is changed by change.
func startHost(t *testing.T, animal string, change func(*Config, *timing)) *host {
	t.Helper()
	config, limits := zooConfig(animal), quick()
	if change != nil {
		change(&config, &limits)
	}
	return startConfig(t, config, limits)
}

func zooConfig(animal string, args ...string) Config {
	return Config{Name: "guest", Command: zoo.Command(animal, args...), BaseDir: "/"}
}

func startConfig(t *testing.T, config Config, limits timing) *host {
	t.Helper()
	h := &host{t: t, log: newJournal()}
	parent := shortDir(t)
	s, err := New([]Config{config}, Options{
		RunDir: parent, Logger: slog.New(slog.NewTextHandler(h.log, nil)), HostVersion: "test", timing: &limits,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Supervisor = s
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ran:
			if err != nil {
				t.Errorf("run: %v", err)
			}
		case <-time.After(patience):
			t.Errorf("the supervisor did not stop")
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("left in the run directory: %v", left)
		}
		if t.Failed() {
			t.Logf("log:\n%s", h.log)
		}
	})
	t.Cleanup(h.stop)
	return h
}

// shortDir is a directory with a path that leaves room for sockets.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pb") //nolint:usetesting // t.TempDir is too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// until waits until the bot's status is as wanted, and answers it.
func (h *host) until(what string, wanted func(Status) bool) Status {
	h.t.Helper()
	limit := time.After(patience)
	k := h.keepers[0]
	for {
		k.mu.Lock()
		changed := k.changed
		k.mu.Unlock()
		status := k.status()
		if wanted(status) {
			return status
		}
		select {
		case <-changed:
		case <-limit:
			h.t.Fatalf("waited in vain until %s; status %+v", what, status)
		}
	}
}

func (h *host) ready() Status {
	h.t.Helper()
	return h.until("ready", func(s Status) bool { return s.State == StateReady })
}

func (h *host) failed() Status {
	h.t.Helper()
	return h.until("failed", func(s Status) bool { return s.State == StateFailed })
}

// nextAfter waits until a later generation than number is ready.
func (h *host) nextAfter(number int) Status {
	h.t.Helper()
	return h.until("the next generation is ready", func(s Status) bool {
		return s.State == StateReady && s.Generation > number
	})
}

// ask puts a turn with text, within limit, and answers what the bot said.
func (h *host) ask(text string, limit time.Duration) (string, error) {
	h.t.Helper()
	b, ok := h.Bot("guest")
	if !ok {
		h.t.Fatal("no bot")
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), limit)
	defer cancel()
	return ask(ctx, b, text)
}

func ask(ctx context.Context, b bot.Bot, text string) (string, error) {
	var said []string
	var failure error
	outer := bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		failure = b.Turn(ctx, t, reply)
		return failure
	})
	turn := &bot.Turn{ID: "turn", Attempt: 1, Conversation: "conversation", Messages: []bot.Message{{Text: text}},
		History: []bot.HistoryMessage{{Text: "long ago"}, {Text: "before"}, {Text: "just now"}}}
	_ = bot.Run(ctx, outer, turn, func(e bot.Event) error {
		if e.Message != nil {
			said = append(said, e.Message.Text)
		}
		return nil
	})
	return strings.Join(said, "\n"), failure
}

// works asserts that the bot answers.
func (h *host) works() {
	h.t.Helper()
	said, err := h.ask("hello", patience)
	if err != nil || said != "You said: hello" {
		h.t.Fatalf("the bot said %q, %v", said, err)
	}
}

// wantError asserts that err contains each of parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil || !containsAll(err.Error(), parts) {
		t.Fatalf("error %v does not contain %q", err, parts)
	}
}

// wantGone waits until a process, of whoever, has ended.
func wantGone(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(patience.Milliseconds()))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n != 1 {
			t.Fatalf("process %d is still there", pid)
		}
		return
	}
}

// wantReaped asserts that no zombie of ours is left.
func wantReaped(t *testing.T, pid int) {
	t.Helper()
	if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
		t.Fatalf("process %d is still in the table: %v", pid, err)
	}
}

// waitFor polls what nothing tells about.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	limit, tick := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// run runs a supervisor until the test ends.
func run(t *testing.T, s *Supervisor) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// quiet is a logger that says nothing.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// freeze stops a process by signal, and waits until all of it stands still.
func freeze(t *testing.T, pid int) {
	t.Helper()
	must(unix.Kill(pid, unix.SIGSTOP))
	waitFor(t, "the process is stopped", func() bool {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		must(err)
		for _, path := range threads {
			stat, err := os.ReadFile(path)
			if err == nil && !bytes.Contains(stat, []byte(") T ")) {
				return false
			}
		}
		return true
	})
}

func killPID(pid int) error { return unix.Kill(pid, unix.SIGKILL) }

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

func evalPath(t *testing.T, path string) string {
	t.Helper()
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func genDirOf(s *Supervisor, n int) genDir {
	return genDir(filepath.Join(s.dirs.path, strconv.Itoa(n)))
}

package main

import (
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestDemoOnce: every step is seen, in both dialects of 8x8 and on a line of
// 8x8's own.
func TestDemoOnce(t *testing.T) {
	t.Parallel()
	guest := newGuest("", "", "").steps()
	for env, steps := range map[string][]step{"API=chat-gateway": overDirectLine(), "API=chat-api": overDirectLine(), "LINE=8x8": guest} {
		t.Run(env, func(t *testing.T) {
			t.Parallel()
			demo := newHome(t).demo("DEMO=once", env)
			if code := demo.code(); code != 0 {
				t.Fatalf("exit code %d:\n%s", code, demo.out)
			}
			demo.wantSteps(steps)
		})
	}
}

func overDirectLine() []step { return newDriver("", "", "", "", "").steps() }

// wantSteps: each step was printed, in order, and nothing else before the
// addresses.
func (r *running) wantSteps(steps []step) {
	r.home.t.Helper()
	lines := strings.Split(r.out.String(), "\n")
	for i, s := range steps {
		want := regexp.MustCompile(fmt.Sprintf(`^ok %d %s \(held by (bot|queue|agent|nobody)\)$`, i+1, regexp.QuoteMeta(s.name)))
		if i >= len(lines) || !want.MatchString(lines[i]) {
			r.home.t.Errorf("line %d does not match %s:\n%s", i+1, want, r.out)
			return
		}
	}
}

func TestDemoNamesTheMissingStep(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.answers(func(text string) string { return strings.ReplaceAll(text, "working days", "fortnights") })
	demo := h.demo("DEMO=once", "PATIENCE=8s")
	if code := demo.code(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	out := demo.out.String()
	for _, want := range []string{
		"ok 3 the bot answers a question",
		"not ok 4 the bot answers another: not seen in time",
		`the customer has not been told "working days"`,
		"the last lines of host:",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "ok 5") {
		t.Errorf("it went on:\n%s", out)
	}
}

// TestTwoDemosAndInterrupt: two demos do not disturb each other, and each ends
// well when it is told to.
func TestTwoDemosAndInterrupt(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	first, second := h.demo(), h.demo()
	for _, demo := range []*running{first, second} {
		demo.awaitText("\nready\n")
		demo.wantSteps(overDirectLine())
	}
	for signal, demo := range map[syscall.Signal]*running{syscall.SIGINT: first, syscall.SIGTERM: second} {
		if err := demo.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := demo.code(); code != 0 {
			t.Errorf("%s: exit code %d:\n%s", signal, code, demo.out)
		}
	}
}

// TestInterruptAtAnyTime: also before anything is ready, or in the middle of
// the conversation, ^C is no failure.
func TestInterruptAtAnyTime(t *testing.T) {
	t.Parallel()
	for name, until := range map[string]string{"at once": "", "in the middle": "ok 6 "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			demo := h.demo()
			if until == "" {
				h.await("the simulator runs", func() error {
					if len(h.processes()) < 2 {
						return fmt.Errorf("there are %q", h.processes())
					}
					return nil
				})
			} else {
				demo.awaitText(until)
			}
			if err := demo.cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if code := demo.code(); code != 0 {
				t.Errorf("exit code %d:\n%s", code, demo.out)
			}
		})
	}
}

// TestDemoDiesWithItsLauncher: a launcher that is killed leaves no process.
func TestDemoDiesWithItsLauncher(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	demo := h.demo()
	demo.awaitText("ok 8 ")
	if err := demo.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	demo.code()
	h.awaitQuiet()
	h.clearUp()
}

// TestPortInUse: the demo does not take somebody else's processes for its own.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	demo := newHome(t).demo("PORT=" + port)
	if code := demo.code(); code != 1 || !strings.Contains(demo.out.String(), taken.Addr().String()+": bind: address already in use: take another PORT, or leave it out") {
		t.Errorf("exit code %d:\n%s", code, demo.out)
	}
}

// TestChat: what is piped in is answered, too.
func TestChat(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "directline")
	h.await("the host is ready", func() error {
		return api{base: h.ops}.call(t.Context(), "GET", "/readyz", nil, nil)
	})
	chat := exec.Command(h.path("bin/demo"), "chat", strings.TrimPrefix(h.front, "http://"))
	chat.Env, chat.Stdin = h.environment(), strings.NewReader("Are you open on weekends?\n")
	out, err := chat.CombinedOutput()
	want := "faq: Hello, this is the assistant of Acme. What would you like to know?\n" +
		"  [When are you open?] [How long does delivery take?] [Where do I find my invoice?]\n" +
		"faq: We are open Monday to Friday, from 8:00 to 18:00.\n"
	if string(out) != want || err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	h.stop()
}

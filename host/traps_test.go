package host_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
)

// TestBotSeesNothingOfTheHost: a bot has neither the host's environment nor
// other bots' secrets, and a certificate that every library can read.
func TestBotSeesNothingOfTheHost(t *testing.T) {
	t.Setenv("PATCHBAY_TEST_SECRET", "not for bots")
	p := newPen(t, zoo.Command("env"), "", "")
	c := p.newCustomer(webSecret)
	c.says("hello")
	p.await("the bot says what it sees", func() error {
		if seen := c.sees(); len(seen) < 2 {
			return fmt.Errorf("the customer sees %q", seen)
		}
		return nil
	})
	var around zoo.Around
	said := strings.TrimPrefix(c.sees()[1], "guest: ")
	if err := json.Unmarshal([]byte(said), &around); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, secret := range []string{"not for bots", opsToken, webSecret, "simulator"} {
		if strings.Contains(said, secret) {
			t.Errorf("the bot sees %q of the host", secret)
		}
	}
	if !strings.HasPrefix(around.Curve, "ECDSA 91") { // bytes of a key on P-256
		t.Errorf("the host's certificate has a key of %s", around.Curve)
	}
	p.lives()
	p.shows("that the bot is ready", func(g guest) bool { return g.State == "ready" })
}

// TestPinnedBotThatDiffers: what is not what was pinned is not run.
func TestPinnedBotThatDiffers(t *testing.T) {
	t.Parallel()
	p := newPen(t, zoo.Command("echo"), ", sha256: "+strings.Repeat("0", 64), "")
	c := p.newCustomer(webSecret)
	c.says("hello")
	c.awaitHeldBy("queue")
	c.awaitHas("<queued>")
	p.lives()
	p.logs("bot has failed and is not started again until its files change", "sha256")
	p.shows("why it is not run", func(g guest) bool {
		return g.State == "failed" && g.Restarts == 0 && strings.Contains(g.LastError, "sha256")
	})
}

// TestBotsLeaveWithTheHost: a host that is killed leaves no bot behind, not
// even one that does not want to leave; and the next one serves.
func TestBotsLeaveWithTheHost(t *testing.T) {
	t.Parallel()
	w := &world{t: t}
	file := filepath.Join(t.TempDir(), "patchbay.yaml")
	command, _ := json.Marshal(zoo.Command("stubborn"))
	text := fmt.Sprintf(`
listen: 127.0.0.1:0
public_url: http://patchbay.test
store: sqlite:patchbay.db
ops: {listen: "127.0.0.1:0", token: %q}
bots: {guest: {command: %s}}
channels: {shop: {line: directline, secrets: [%q], bot: guest, on_failure: bot}}
`, opsToken, command, shopSecret)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		cmd := exec.Command(os.Args[0], "host", file)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(line, &w.front, &w.ops); err != nil {
			t.Fatal(err)
		}
		p := &pen{world: w}
		p.await("the host is ready", func() error {
			if status := w.call("GET", w.ops+"/readyz", "", nil, nil); status != http.StatusOK {
				return fmt.Errorf("it answers %d", status)
			}
			return nil
		})
		c := p.newCustomer(shopSecret)
		c.says("hello")
		c.awaitSees("Kim: hello", "guest: You said: hello")
		pid := p.guest().PID
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.await("the bot is gone", func() error {
			if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) && !zombie(pid) {
				return fmt.Errorf("process %d is there", pid)
			}
			return nil
		})
		http.DefaultClient.CloseIdleConnections()
	}
}

// zombie reports whether nobody has asked yet how a process ended.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// runHost is a host to be killed: it prints where it listens.
func runHost(file string, out io.Writer) error {
	cfg, err := config.Load(file, os.LookupEnv)
	if err != nil {
		return err
	}
	h, err := host.New(context.Background(), cfg, host.Options{Version: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	front, ops := h.Addresses()
	fmt.Fprintf(out, "http://%s http://%s\n", front, ops)
	return h.Run(context.Background())
}

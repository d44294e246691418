package host_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
)

// pen is a world whose web channel has a bot that misbehaves. The shop channel
// has one that does not.
type pen struct {
	*world
	// end stops the host and waits until it has.
	end func()
}

// newPen runs a host with a command as the bot "guest" until the test ends.
// More keys of that bot, and of the web channel, are as in the file.
func newPen(t *testing.T, command []string, botKeys, channelKeys string) *pen {
	t.Helper()
	centre := httptest.NewUnstartedServer(nil)
	p := &pen{world: &world{t: t, centre: "http://" + centre.Listener.Addr().String(), log: &logged{}}}
	var words []string
	for _, word := range command {
		words = append(words, fmt.Sprintf("%q", word))
	}
	file := fmt.Sprintf(`
listen: 127.0.0.1:0
public_url: http://patchbay.test
store: sqlite:patchbay.db
drain: 0s
ops: {listen: "127.0.0.1:0", token: %q}
desks: {acme: {tenant: tenant01, api_key: simulator, base_url: %q}}
bots:
  echo: {command: [%q, echo]}
  guest: {command: [%s]%s}
channels:
  web:
    line: directline
    secrets: [%q]
    desk: acme
    desk_channel: Web support
    bot: guest
    handoff: {targets: {default: {queue: "101"}}}
    %s
  shop: {line: directline, secrets: [%q], bot: echo, on_failure: bot}
`, opsToken, p.centre, os.Args[0], strings.Join(words, ", "), botKeys, webSecret, channelKeys, shopSecret)
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "patchbay.yaml"), []byte(file), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.New(t.Context(), cfg, host.Options{Version: "test", Logger: slog.New(slog.NewTextHandler(p.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	front, ops := h.Addresses()
	p.front, p.ops = "http://"+front, "http://"+ops
	sim := simulator.New(simulator.Options{
		Webhooks:    []simulator.Webhook{{ID: "1", Name: "host", URI: p.front + hookPath}},
		Channels:    []simulator.Channel{{ID: "1", Name: "Web support", Queue: "101", WebhookID: "1"}},
		RetryDelays: []time.Duration{50 * time.Millisecond},
	})
	centre.Config.Handler = openapitest.Handler(t, sim.Handler())
	centre.Start()
	p.run(h, sim, centre)
	return p
}

// run runs the two sides.
func (p *pen) run(h *host.Host, sim *simulator.Simulator, centre *httptest.Server) {
	p.t.Helper()
	running, stop := context.WithCancel(context.WithoutCancel(p.t.Context()))
	ended := make(chan error, 2)
	go func() { ended <- sim.Run(running) }()
	go func() { ended <- h.Run(running) }()
	p.end = sync.OnceFunc(func() {
		stop()
		if err := errors.Join(<-ended, <-ended); err != nil {
			p.t.Errorf("stop: %v", err)
		}
		centre.Close()
	})
	p.t.Cleanup(func() {
		p.end()
		if p.t.Failed() {
			p.t.Logf("the host's log:\n%.20000s", p.log)
		}
	})
	p.await("the host is ready", func() error {
		if status := p.call("GET", p.ops+"/readyz", "", nil, nil); status != http.StatusOK {
			return fmt.Errorf("it answers %d", status)
		}
		return nil
	})
}

// logs waits until a line of the log has all parts.
func (p *pen) logs(parts ...string) {
	p.t.Helper()
	p.await(fmt.Sprintf("the log says %q", parts), func() error {
		for line := range strings.Lines(p.log.String()) {
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
				return nil
			}
		}
		return errors.New("it does not")
	})
}

// guest is how the operator sees the bot.
type guest struct {
	Name, State string
	PID         int
	Restarts    int
	Version     string
	LastError   string `json:"last_error"`
	Log         []string
}

func (p *pen) guest() guest {
	p.t.Helper()
	var list struct{ Bots []guest }
	if status := p.call("GET", p.ops+"/api/v1/bots", opsToken, nil, &list); status != http.StatusOK {
		p.t.Fatalf("list bots: %d", status)
	}
	for _, b := range list.Bots {
		if b.Name == "guest" {
			return b
		}
	}
	p.t.Fatal("the operator sees no such bot")
	return guest{}
}

// shows waits until the operator sees the bot as wanted.
func (p *pen) shows(what string, wanted func(guest) bool) guest {
	p.t.Helper()
	var now guest
	p.await("the operator sees "+what, func() error {
		if now = p.guest(); !wanted(now) {
			return fmt.Errorf("it is %+v", now)
		}
		return nil
	})
	return now
}

// lives asserts that the host is ready, and another channel answers.
func (p *pen) lives() {
	p.t.Helper()
	if status := p.call("GET", p.ops+"/readyz", "", nil, nil); status != http.StatusOK {
		p.t.Errorf("the host is not ready: %d", status)
	}
	other := p.newCustomer(shopSecret)
	other.says("hello")
	other.awaitSees("Kim: hello", "echo: You said: hello")
}

package host_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The test binary is also the bots of these tests: run with the name of one,
// it is that.
func TestMain(m *testing.M) {
	zoo.Main()
	if len(os.Args) == 3 && os.Args[1] == "host" {
		if err := runHost(os.Args[2], os.Stdout); err != nil {
			panic(err)
		}
	}
	bots := map[string]bot.Factory{
		"echo": fixed(seesFiles(echo)), "clerk": fixed(seesFiles(clerk)), "baiter": fixed(bot.Func(baiter)), "blabber": newBlabber,
	}
	if len(os.Args) > 1 && bots[os.Args[1]] != nil {
		bot.ServeFactory(bots[os.Args[1]])
		syscall.Exit(0) // without the second that a binary built with -race takes for it
	}
	os.Exit(m.Run())
}

// fixed is a bot without settings.
func fixed(b bot.Bot) bot.Factory { return func(bot.Settings) (bot.Bot, error) { return b, nil } }

// echo says what it hears, hands off on "agent", and is glad to be back.
func echo(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	switch {
	case t.AgentSessionEnded != nil:
		return reply.Say("Back again.")
	case strings.EqualFold(t.Text(), "agent"):
		return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
	case t.Text() != "":
		return reply.Say("You said: " + t.Text())
	}
	return nil
}

// TestSchemas is the place that says whether all requests to 8x8 in the tests
// here, and its answers, are held against the vendor's schemas.
func TestSchemas(t *testing.T) { openapitest.Need(t) }

const (
	// patience is how long what must come is waited for; no test waits it out.
	patience = 30 * time.Second

	webSecret  = "the secret of the web channel"
	shopSecret = "the secret of the shop channel"
	opsToken   = "the operator's token"
	hookPath   = "/8x8/acme/web"
	keyID      = "key1"
)

// world is a whole host, with a contact centre beside it, on loopback.
type world struct {
	t *testing.T
	// front, ops and centre are the addresses of the host's two sides and of
	// the contact centre.
	front, ops, centre string
	// dir is the host's folder, and log what it has logged, of all levels.
	dir string
	log *logged
}

// logged is a log that can be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// setting is how a world is set up. The zero value is as newWorld has it.
type setting struct {
	key *rsa.PrivateKey
	api config.API
	// change changes the host's configuration; nil: it stays.
	change func(configuration string) string
	// apiKey is the one that the contact centre lets in; empty: its own.
	apiKey string
}

// newWorld runs a host and a contact centre until the test ends. The key signs
// the webhooks; nil: the centre makes one.
func newWorld(t *testing.T, key *rsa.PrivateKey) *world {
	t.Helper()
	return newWorldOf(t, key, config.ChatGateway)
}

// newWorldOf is newWorld with a contact centre that is called by a dialect.
func newWorldOf(t *testing.T, key *rsa.PrivateKey, api config.API) *world {
	t.Helper()
	return newWorldAs(t, setting{key: key, api: api})
}

// newWorldAs is newWorld, set up as somebody likes.
func newWorldAs(t *testing.T, as setting) *world {
	t.Helper()
	centre := httptest.NewUnstartedServer(nil)
	w := &world{t: t, centre: "http://" + centre.Listener.Addr().String(), dir: t.TempDir(), log: &logged{}}
	text := w.configuration(as.api)
	if as.change != nil {
		text = as.change(text)
	}
	cfg, err := config.Parse(filepath.Join(w.dir, "patchbay.yaml"), []byte(text), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	handler := slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})
	options := host.Options{Version: "test", Logger: slog.New(handler)}
	h, err := host.New(t.Context(), cfg, options)
	if err != nil {
		t.Fatal(err)
	}
	front, ops := h.Addresses()
	w.front, w.ops = "http://"+front, "http://"+ops
	version := "Chat Gateway v1.0"
	if as.api == config.ChatAPI {
		version = "v2.0"
	}
	sim := simulator.New(simulator.Options{
		Key: as.key, KeyID: keyID, APIKeys: keysOf(as.apiKey),
		Webhooks:    []simulator.Webhook{{ID: "1", Name: "host", URI: w.front + hookPath, Version: version}},
		Channels:    []simulator.Channel{{ID: "1", Name: "Web support", Queue: "101", WebhookID: "1"}},
		RetryDelays: []time.Duration{50 * time.Millisecond},
	})
	centre.Config.Handler = openapitest.Handler(t, sim.Handler())
	centre.Start()

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- sim.Run(ctx) }()
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, <-ended); err != nil {
			t.Errorf("stop: %v", err)
		}
		centre.Close()
		if t.Failed() {
			t.Logf("the host's log:\n%s", w.log)
		}
	})
	w.await("the host is ready", func() error {
		if status := w.call("GET", w.ops+"/readyz", "", nil, nil); status != http.StatusOK {
			return fmt.Errorf("it answers %d", status)
		}
		return nil
	})
	return w
}

func keysOf(apiKey string) []string {
	if apiKey == "" {
		return nil
	}
	return []string{apiKey}
}

func (w *world) configuration(api config.API) string {
	if api == "" {
		api = config.ChatGateway
	}
	desk, target := "api_key: simulator", `{queue: "101"}`
	if api == config.ChatAPI { // where a target is a channel
		desk, target = "region: us, key: simulator, secret: secret", "{}"
	}
	return fmt.Sprintf(`
listen: 127.0.0.1:0
public_url: http://patchbay.test
readback_after: 250ms
store: sqlite:patchbay.db
drain: 0s
ops: {listen: "127.0.0.1:0", token: %q}
desks:
  acme: {api: %s, tenant: tenant01, %s, base_url: %q, call_timeout: 1s}
bots:
  echo: {command: [%q, echo]}
channels:
  web:
    line: directline
    secrets: [%q]
    desk: acme
    desk_channel: Web support
    bot: echo
    handoff: {transfer_grace: 1s, cancel_words: [never mind], targets: {default: %s}}
  shop:
    line: directline
    secrets: [%q]
    bot: echo
    on_failure: bot
`, opsToken, api, desk, w.centre, os.Args[0], webSecret, target, shopSecret)
}

// call does one call and reads its answer into out; nil: nobody wants it. A
// body is sent as it is if it is text, else as JSON.
func (w *world) call(method, url, bearer string, in, out any) int {
	w.t.Helper()
	body, ok := in.(string)
	if !ok && in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			w.t.Fatal(err)
		}
		body = string(raw)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	return w.do(req, out)
}

// do sends a request and reads its answer into out: text as it is, nil not at
// all, anything else as JSON.
func (w *world) do(req *http.Request, out any) int {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if text, ok := out.(*string); ok {
		*text = string(raw)
	} else if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			w.t.Fatalf("%s %s: %s: %s: %v", req.Method, req.URL, resp.Status, raw, err)
		}
	}
	return resp.StatusCode
}

// await waits until there is no error any more.
func (w *world) await(what string, wrong func() error) {
	w.t.Helper()
	late := time.After(patience)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := wrong()
		if err == nil {
			return
		}
		select {
		case <-late:
			w.t.Fatalf("%s: not in %s: %v", what, patience, err)
		case <-again.C:
		}
	}
}

// awaitLines waits until lines are as wanted.
func (w *world) awaitLines(whose string, lines func() []string, want ...string) {
	w.t.Helper()
	w.await(whose, func() error {
		if diff := cmp.Diff(want, lines()); diff != "" {
			return errors.New("-want +got\n" + diff)
		}
		return nil
	})
}

// metric is the value of one line of /metrics, named as it is shown there; 0
// if it is not shown.
func (w *world) metric(name string) (value float64) {
	w.t.Helper()
	var text string
	w.call("GET", w.ops+"/metrics", "", nil, &text)
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				w.t.Fatalf("read %s: %v", line, err)
			}
		}
	}
	return value
}

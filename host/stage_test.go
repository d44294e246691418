package host_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/host"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// stage is a world whose host can be stopped, and started again over the same
// store, and whose customers and webhooks come by ways that can fail.
type stage struct {
	*world
	cfg              *config.Config
	log              *slog.Logger
	customers, hooks *relay
	end              func() // of the host that runs
	// text is the configuration as it would be read again.
	text string
}

// newStage runs a host and a contact centre until the test ends.
func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{world: &world{t: t}, customers: newRelay(t), hooks: newRelay(t)}
	sim := simulator.New(simulator.Options{
		Webhooks:    []simulator.Webhook{{ID: "1", Name: "host", URI: s.hooks.url() + hookPath}},
		Channels:    []simulator.Channel{{ID: "1", Name: "Web support", Queue: "101", WebhookID: "1"}},
		RetryDelays: []time.Duration{50 * time.Millisecond},
	})
	centre := httptest.NewServer(openapitest.Handler(t, sim.Handler()))
	t.Cleanup(centre.Close)
	s.centre = centre.URL
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- sim.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("stop the contact centre: %v", err)
		}
	})

	var err error
	s.text = s.configuration()
	s.cfg, err = config.Parse(filepath.Join(t.TempDir(), "patchbay.yaml"), []byte(s.text), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s.log = slog.New(slog.NewTextHandler(log, nil))
	s.start()
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("the hosts' log:\n%s", log)
		}
	})
	return s
}

func (s *stage) configuration() string {
	return fmt.Sprintf(`
listen: 127.0.0.1:0
public_url: %q
store: sqlite:patchbay.db
drain: 0s
ops: {listen: "127.0.0.1:0", token: %q}
desks:
  acme: {tenant: tenant01, api_key: simulator, base_url: %q}
bots:
  clerk: {command: [%q, clerk]}
channels:
  web:
    line: directline
    secrets: [%q]
    desk: acme
    desk_channel: Web support
    bot: clerk
    greet: true
    handoff: {transfer_grace: 1s, targets: {default: {queue: "101"}}}
`, s.customers.url(), opsToken, s.centre, os.Args[0], webSecret)
}

// start runs a host, and lets everybody come to it.
func (s *stage) start() {
	s.t.Helper()
	h, err := host.New(s.t.Context(), s.cfg, host.Options{Version: "test", Logger: s.log, Load: func() (*config.Config, error) {
		return config.Parse(s.cfg.File, []byte(s.text), os.LookupEnv)
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	front, ops := h.Addresses()
	s.front, s.ops = "http://"+front, "http://"+ops
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	s.end = func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Errorf("stop the host: %v", err)
		}
	}
	s.await("the host is ready", func() error {
		if status := s.call("GET", s.ops+"/readyz", "", nil, nil); status != http.StatusOK {
			return fmt.Errorf("it answers %d", status)
		}
		return nil
	})
	s.hooks.leadsTo(front)
	s.customers.leadsTo(front)
}

// stop stops the host, as an operator does; then nobody is there.
func (s *stage) stop() {
	s.end()
	s.end = func() {}
	s.customers.becomes(hangsUp)
	s.hooks.becomes(hangsUp)
}

// clerk is a bot with something to press.
func clerk(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	text := t.Text()
	switch {
	case t.Started:
		return reply.Say("Welcome.")
	case t.AgentSessionEnded != nil:
		return reply.Say("Back again.")
	case t.Action != nil && t.Action.Kind == bot.ActionCard:
		var form struct{ Form, Order string }
		if err := json.Unmarshal(t.Action.Data, &form); err != nil {
			return err
		}
		return reply.Say(fmt.Sprintf("Noted in %s: %s.", form.Form, form.Order))
	case t.Action != nil:
		return reply.Say("You chose: " + cmp.Or(text, t.Action.Title))
	case text == "agent":
		return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
	case text == "colours":
		return reply.Send(bot.Message{Text: "Which one?", QuickReplies: []bot.QuickReply{
			{Title: "Red"}, {Title: "Blue", Value: "paint-7"},
		}})
	case text == "form":
		return reply.Send(bot.Message{Text: "Fill in, please.", Cards: []bot.Card{{
			ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(form),
		}}})
	case text != "":
		return reply.Say("You said: " + text)
	}
	return nil
}

// form is an Adaptive Card to fill in and send.
const form = `{
	"type": "AdaptiveCard", "version": "1.3",
	"body": [{"type": "Input.Text", "id": "order", "placeholder": "Order number"}],
	"actions": [{"type": "Action.Submit", "title": "Send", "data": {"form": "orders"}}]
}`

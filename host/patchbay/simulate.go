package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// simulateFlags are what simulate is called with.
type simulateFlags struct {
	listen, script, webhook, tenant, key, api, faults, log string
	channels                                               []string
}

func simulateCommand() *cobra.Command {
	var f simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Run a contact centre in a box: 8x8's API, with queues and agents, for those who have none",
		Long: `Run a contact centre in a box: 8x8's API in both dialects, with queues, agents
and signed webhooks. Without --script there are the queues 101 (agent ada) and
102 (agent bob); channels are those of --channel, or made by patchbay provision.
Agents act by a script, or by the control API:

  curl -X POST http://127.0.0.1:8088/simulator/v1/agents/ada/accept
  curl http://127.0.0.1:8088/simulator/v1/agents/ada/say -d '{"text":"Hello"}'

A host finds it at base_url: http://127.0.0.1:8088, with tenant and api_key, or
with api: chat-api, region: us, key and secret, as the flags have them.
See bridge/eightx8/simulator/README.md for all of it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return simulate(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8088", "`address` to listen on")
	flags.StringVar(&f.script, "script", "", "YAML `file` with queues and agents")
	flags.StringVar(&f.webhook, "webhook", "", "`URL` that the channels' events go to")
	flags.StringArrayVar(&f.channels, "channel", nil, "a channel, as `NAME=QUEUE` or NAME=QUEUE/TYPE with a type such as WhatsApp; may be repeated")
	flags.StringVar(&f.faults, "faults", "", "YAML `file` with what goes wrong")
	flags.StringVar(&f.tenant, "tenant", "tenant01", "the tenant's `id`")
	flags.StringVar(&f.key, "api-key", "simulator", "the API `key` to accept; for the chat-api that of the secret \"secret\"")
	flags.StringVar(&f.api, "api", "chat-gateway", "`dialect` of the webhook's events: chat-gateway or chat-api; calls are answered in both")
	flags.StringVar(&f.log, "log", "text", "log as text or json")
	return cmd
}

func simulate(cmd *cobra.Command, f simulateFlags) error {
	options, err := f.options()
	if err != nil {
		return err
	}
	if options.Logger, err = logger(cmd.ErrOrStderr(), f.log); err != nil {
		return err
	}
	sim := simulator.New(options)
	socket, err := net.Listen("tcp", f.listen)
	if err != nil {
		return wrong(fmt.Errorf("listen: %w", err))
	}
	server := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(cmd.OutOrStdout(), "simulator http://%s/simulator/v1/state\n", socket.Addr())

	ctx := cmd.Context()
	var all sync.WaitGroup
	var serveErr error
	all.Go(func() { serveErr = server.Serve(socket) })
	err = sim.Run(ctx) // until ctx is done
	server.Close()
	all.Wait()
	if !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return wrong(err)
}

// options are the simulator's, as the flags say.
func (f simulateFlags) options() (simulator.Options, error) {
	options := simulator.Options{
		Tenant: f.tenant, APIKeys: []string{f.key},
		Credentials: []simulator.Credential{{Key: f.key, Secret: "secret"}},
	}
	version, ok := map[string]string{"chat-gateway": "Chat Gateway v1.0", "chat-api": "v2.0"}[f.api]
	if !ok {
		return options, fmt.Errorf("--api %q: must be chat-gateway or chat-api", f.api)
	}
	if f.script != "" {
		text, err := os.ReadFile(f.script)
		if err != nil {
			return options, wrong(err)
		}
		script, err := simulator.ParseScript(text)
		if err != nil {
			return options, wrong(fmt.Errorf("%s: %w", f.script, err))
		}
		options.Queues, options.Agents, options.Flows = script.Queues, script.Agents, script.Flows
	}
	if f.faults != "" {
		text, err := os.ReadFile(f.faults)
		if err != nil {
			return options, wrong(err)
		}
		if options.Faults, err = simulator.ParseFaults(text); err != nil {
			return options, wrong(fmt.Errorf("%s: %w", f.faults, err))
		}
	}
	if f.webhook != "" {
		if address, err := url.Parse(f.webhook); err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
			return options, fmt.Errorf("--webhook %q: must be an http:// or https:// URL, as in http://127.0.0.1:8080/8x8/box/web", f.webhook)
		}
		options.Webhooks = []simulator.Webhook{{ID: "1", Name: "Patchbay", URI: f.webhook, Version: version}}
	}
	for i, channel := range f.channels {
		name, queue, ok := strings.Cut(channel, "=")
		queue, kind, _ := strings.Cut(queue, "/")
		if !ok || name == "" || queue == "" {
			return options, fmt.Errorf("--channel %q: must be NAME=QUEUE, as in 'Web support=101'", channel)
		}
		if f.webhook == "" {
			return options, errors.New("--channel needs --webhook: the URL that its events go to")
		}
		options.Channels = append(options.Channels, simulator.Channel{
			ID: fmt.Sprint(i + 1), Name: name, Queue: queue, Type: kind, WebhookID: "1",
		})
	}
	return options, nil
}

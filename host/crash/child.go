package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// childArg is the first argument of a child of ours.
const childArg = "child"

// child is what a child does: be a bot, or 8x8.
func child(words []string) error {
	switch {
	case len(words) == 2 && words[0] == "bot":
		return answer(words[1])
	case len(words) == 3 && words[0] == "centre":
		ctx, cancel := context.WithCancel(context.Background())
		go func() { // it does not outlive us, however we end
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
		return serveCentre(ctx, words[1], words[2], nil)
	}
	return fmt.Errorf("%q: no such child", words)
}

// What 8x8 and the host are configured with. They listen on loopback alone, and
// end.
const (
	tenant = "tenant01"
	apiKey = "simulator"
	secret = "a-secret-for-loopback-only"
)

// serveCentre is a contact centre at an address, whose webhooks go to another
// one; between is put before it, if there is anything. Its agents wait to be
// told.
func serveCentre(ctx context.Context, address, hooks string, between func(http.Handler) http.Handler) error {
	centre := simulator.New(simulator.Options{
		Tenant: tenant, APIKeys: []string{apiKey},
		Webhooks: []simulator.Webhook{
			{ID: "1", Name: "web", URI: "http://" + hooks + "/8x8/acme/web"},
			{ID: "2", Name: "line", URI: "http://" + hooks + "/8x8/acme/line"},
		},
		Channels: []simulator.Channel{
			{ID: "1", Name: "Web support", Queue: "101", WebhookID: "1"},
			{ID: "2", Name: "WhatsApp", Type: "WhatsApp", Queue: "101", WebhookID: "2"},
		},
		Queues: []simulator.Queue{{ID: "101", Name: "Support"}, {ID: "102", Name: "Billing"}},
		Agents: []simulator.Agent{
			{ID: "ada", Name: "Ada", Queues: []string{"101", "102"}},
			{ID: "bob", Name: "Bob", Queues: []string{"101"}},
			{ID: "cem", Name: "Cem", Queues: []string{"102"}},
		},
		RetryDelays: []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second},
	})
	socket, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen as 8x8: %w", err)
	}
	handler := centre.Handler()
	if between != nil {
		handler = between(handler)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(socket) }() // until it is closed
	defer server.Close()
	return centre.Run(ctx)
}

package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// startCentre starts a contact centre whose one agent takes whatever comes, and
// which has a second key: that of the webhooks that we make.
func (w *world) startCentre(ctx context.Context, b *bench) (stop func(), err error) {
	centre := simulator.New(simulator.Options{
		Tenant: tenant, APIKeys: []string{apiKey},
		Webhooks: []simulator.Webhook{{ID: "1", Name: "host", URI: "http://" + w.host + hookPath}},
		Channels: []simulator.Channel{{ID: "1", Name: "Web support", Queue: "101", WebhookID: "1"}},
		Agents: []simulator.Agent{{
			ID: agent, Name: "Ada", Queues: []string{"101"},
			Script: []simulator.Step{{On: "offered", Do: "accept"}},
		}},
	})
	var any net.ListenConfig
	socket, err := any.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.centre = "http://" + socket.Addr().String()
	routes := http.NewServeMux()
	routes.Handle("/", centre.Handler())
	routes.HandleFunc("GET /chat-gateway/v1/jwk/"+keyID+"/public", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(b.key.public()) // the host says so if it has not come
	})
	var handler http.Handler = routes
	if b.between != nil {
		handler = b.between(routes)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	running, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { _ = centre.Run(running) })  // it is run once, and has no other error
	all.Go(func() { _ = server.Serve(socket) }) // closed
	return func() { cancel(); server.Close(); all.Wait() }, nil
}

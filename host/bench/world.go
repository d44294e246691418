package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// What the host is configured with. It listens on loopback alone, and ends.
const (
	secret   = "a-secret-for-loopback-only"
	tenant   = "tenant01"
	apiKey   = "simulator"
	agent    = "ada"
	hookPath = "/8x8/acme/web"
)

// world is a fresh host with an empty store in a process of its own, and a
// contact centre in this one.
type world struct {
	// host and ops are addresses, centre a URL.
	host, ops, centre string
	process           *process
	client            *http.Client
	close             func() error
}

// newWorld makes one that is ready.
func (b *bench) newWorld(ctx context.Context) (*world, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	w := &world{client: &http.Client{Transport: &http.Transport{}}}
	if w.host, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if w.ops, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	stopCentre, err := w.startCentre(ctx, b)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "patchbay.yaml")
	if err := os.WriteFile(file, []byte(w.configuration(b.echobot)), 0o600); err != nil {
		stopCentre()
		return nil, err
	}
	if w.process, err = start(dir, "host", file); err != nil {
		stopCentre()
		return nil, err
	}
	w.close = func() error {
		defer os.RemoveAll(dir)
		defer stopCentre()
		w.client.CloseIdleConnections() // or the host waits for them
		return w.process.stop()
	}
	if err := w.process.await(ctx, func() error { _, err := w.get(ctx, "http://"+w.ops+"/readyz"); return err }); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *world) configuration(echobot string) string {
	return fmt.Sprintf(`listen: %q
public_url: "http://%s"
store: sqlite:patchbay.db
drain: 0s
ops: {listen: %q}
desks:
  acme: {tenant: %q, api_key: %q, base_url: %q}
bots:
  echo: {command: [%q]}
channels:
  web:
    line: directline
    secrets: [%q]
    desk: acme
    desk_channel: Web support
    bot: echo
    limits: {posts: none, starts: none} # a customer of the bench is in a hurry, and all are at one address
    handoff: {targets: {default: {queue: "101"}}}
`, w.host, w.host, w.ops, tenant, apiKey, w.centre, echobot, secret)
}

// get is what a URL answers with 200.
func (w *world) get(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return w.answer(req)
}

// answer is what a request is answered, with 200 or 201.
func (w *world) answer(req *http.Request) ([]byte, error) {
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s %s: %s: %.200s", req.Method, req.URL.Path, resp.Status, body)
	}
	return body, err
}

// freeAddress is one on loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var any net.ListenConfig
	socket, err := any.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer socket.Close()
	return socket.Addr().String(), nil
}

package main

import (
	"bufio"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// house is a host that can be killed and started again on the same store,
// behind addresses that stay: a port of its own could be taken meanwhile.
type house struct {
	home
	front, ops, simulator string
	config                string

	mu               sync.Mutex // guards cmd
	cmd              *exec.Cmd
	log              *watched
	nowFront, nowOps atomic.Pointer[url.URL]
}

// newHouse starts a simulator and a host for customers of a line.
func newHouse(t *testing.T, line string) *house {
	t.Helper()
	via := between(t)
	h := &house{home: newHome(t), log: &watched{}}
	h.front, h.ops = h.proxy(&h.nowFront), h.proxy(&h.nowOps)
	play, err := choosePlay("", line)
	if err != nil {
		t.Fatal(err)
	}
	_, found := h.run(regexp.MustCompile(`^simulator (http://[^/]+)/`), "simulate", "--listen", "127.0.0.1:0",
		"--webhook", h.front+"/8x8/acme/"+play.channel, "--channel", "Web support=101", "--channel", "WhatsApp DE=101/WhatsApp")
	h.simulator = found[1]

	at := addresses{host: "127.0.0.1:0", ops: "127.0.0.1:0", simulator: strings.TrimPrefix(h.simulator, "http://"), via: via}
	h.config = h.path("patchbay.yaml")
	text := "readback_after: 300ms\n" + configuration(at, play, h.path("bin"))
	text = strings.Replace(text, "public_url: http://127.0.0.1:0", "public_url: "+h.front, 1)
	if err := os.WriteFile(h.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h.start()
	return h
}

// proxy is an address that leads to wherever now says.
func (h *house) proxy(now *atomic.Pointer[url.URL]) string {
	nowhere, _ := url.Parse("http://127.0.0.1:1")
	now.Store(nowhere)
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(now.Load()) },
		ErrorLog: log.New(io.Discard, "", 0),
	})
	h.t.Cleanup(server.Close)
	return server.URL
}

// run starts a command of patchbay's and waits until a line of its output
// matches.
func (h *house) run(ready *regexp.Regexp, args ...string) (cmd *exec.Cmd, found []string) {
	h.t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		h.t.Fatal(err)
	}
	cmd = exec.Command(h.path("bin/patchbay"), args...)
	cmd.Dir, cmd.Env = h.dir, h.environment()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	in.Close()
	h.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have been killed
		_ = cmd.Wait()
	})
	match := make(chan []string, 1)
	go func() {
		defer out.Close()
		for lines := bufio.NewScanner(out); lines.Scan(); {
			io.WriteString(h.log, lines.Text()+"\n")
			if found := ready.FindStringSubmatch(lines.Text()); found != nil {
				match <- found
			}
		}
		close(match)
	}()
	if found = <-match; found == nil {
		h.t.Fatalf("patchbay %s has ended:\n%s", args[0], h.log)
	}
	return cmd, found
}

// start starts the host on what is in its store.
func (h *house) start() {
	h.t.Helper()
	cmd, found := h.run(regexp.MustCompile(`msg=serving listen=(\S+) ops=(\S+)`), "serve", "-c", h.config)
	h.cmd = cmd
	h.nowFront.Store(&url.URL{Scheme: "http", Host: found[1]})
	h.nowOps.Store(&url.URL{Scheme: "http", Host: found[2]})
}

// killAndStart kills the host, wherever it is just then, and starts it again.
func (h *house) killAndStart() {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.cmd.Process.Kill(); err != nil {
		h.t.Fatal(err)
	}
	_ = h.cmd.Wait() // killed
	h.start()
}

// stop ends the host as an operator would.
func (h *house) stop() {
	h.t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		h.t.Fatal(err)
	}
	if err := h.cmd.Wait(); err != nil {
		h.t.Errorf("the host does not end well: %v", err)
	}
}

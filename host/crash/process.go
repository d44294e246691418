package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
)

// process is one life of the host.
type process struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended
	// began is right before it was started.
	began time.Time
}

// buildHost builds patchbay with its fault points.
func buildHost(ctx context.Context, to string) error {
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-tags", "faultpoints", "-o", to,
		"github.com/patchbay-host/patchbay/host/patchbay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build patchbay: %w\n%s", err, said)
	}
	return nil
}

// startHost begins a life; at a point like "before-commit:3" it dies by itself.
func startHost(dir, point string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(dir, "host.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &process{cmd: exec.Command(filepath.Join(dir, "patchbay"), "serve", "-c", filepath.Join(dir, "patchbay.yaml")), gone: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = append(os.Environ(), faultpoint.Variable+"="+point)
	p.began = time.Now()
	fmt.Fprintf(log, "=== %s begins, %q\n", p.began.Format(time.RFC3339Nano), point)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in its state
		close(p.gone)
	}()
	return p, nil
}

// kill ends the life at once; nothing if it has ended.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// killed reports whether the life that is over was cut off, and did not end by
// itself.
func (p *process) killed() bool {
	return p.cmd.ProcessState != nil && p.cmd.ProcessState.ExitCode() == -1
}

// stop ends the life in order.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	select {
	case <-p.gone:
	case <-time.After(20 * time.Second):
		p.kill()
		return errors.New("the host does not stop")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("the host ended with %d", code)
	}
	return nil
}

// first makes the first request that is served: a customer's message, which is
// durable then, so long after the start. False: the host died so long after it,
// and had not served.
func (p *process) first(ctx context.Context, prober *customer) (time.Duration, bool) {
	prober.host.http.CloseIdleConnections()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	prober.mu.Lock()
	n := len(prober.posts) + 1
	prober.mu.Unlock()
	number := fmt.Sprintf("%s-%d", prober.name, n)
	body := map[string]any{
		"type": "message", "from": map[string]string{"id": "dl_" + prober.name}, "text": number,
		"channelData": map[string]string{"clientActivityID": number},
	}
	one := &post{number: number, text: number, began: time.Now()}
	for {
		one.tries++
		one.last = prober.host.call(ctx, http.MethodPost, "/v3/directline"+prober.here()+"/activities", body, &one.shown)
		if one.last == nil {
			took := time.Since(p.began)
			one.acked = time.Now()
			prober.mu.Lock()
			prober.posts = append(prober.posts, one)
			prober.mu.Unlock()
			return took, true
		}
		select {
		case <-p.gone:
			return time.Since(p.began), false
		case <-ctx.Done():
			return 0, false
		case <-time.After(2 * time.Millisecond):
		}
	}
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// running is a demo that was started.
type running struct {
	home  home
	cmd   *exec.Cmd
	out   *watched
	ended chan struct{}
	err   error // of its end
}

// demo starts a demo.
func (h home) demo(env ...string) *running {
	h.t.Helper()
	env = append(env, "VIA="+between(h.t))
	r := &running{home: h, cmd: exec.Command(h.path("bin/demo")), out: &watched{}, ended: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env = h.dir, h.environment(env...)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.out
	if err := r.cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	go func() {
		r.err = r.cmd.Wait()
		close(r.ended)
	}()
	h.t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // it may have ended; its children end with it
		<-r.ended
	})
	return r
}

// code waits for the end and answers the exit code.
func (r *running) code() int {
	r.home.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(late):
		r.home.t.Fatalf("the demo does not end:\n%s", r.out)
	}
	var exit *exec.ExitError
	if r.err != nil && !errors.As(r.err, &exit) {
		r.home.t.Fatal(r.err)
	}
	return r.cmd.ProcessState.ExitCode()
}

// awaitText waits until the demo has printed something.
func (r *running) awaitText(text string) {
	r.home.t.Helper()
	r.home.await(fmt.Sprintf("the demo prints %q", text), func() error {
		if strings.Contains(r.out.String(), text) {
			return nil
		}
		select {
		case <-r.ended:
			r.home.t.Fatalf("the demo has ended: %v\n%s", r.err, r.out)
		default:
		}
		return fmt.Errorf("so far:\n%s", r.out)
	})
}

// watched is output that can be read while it is written.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

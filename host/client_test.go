package host_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// clientsFolder has the programs, and what `make clients` gets for them.
const clientsFolder = "testdata/clients"

// client is a program of testdata/clients that runs one of Microsoft's
// clients. It takes commands, a line each, and tells what happens as JSON.
type client struct {
	t     *testing.T
	stdin io.Writer

	mu       sync.Mutex
	seen     []string // messages as "Kim: hello" and news as "<queued>"
	statuses []string // of its connection
	wrong    []string // what should not have happened
}

// newClient runs a script with node until the test ends.
func newClient(t *testing.T, script string, arguments ...string) *client {
	t.Helper()
	cmd := exec.Command(program(t, "node"), append([]string{script}, arguments...)...)
	cmd.Dir = clientsFolder
	if _, err := os.Stat(filepath.Join(cmd.Dir, "node_modules")); err != nil {
		missing(t, "node_modules: run `make clients`")
	}
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	complaints := &bytes.Buffer{}
	cmd.Stderr = complaints
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, stdin: stdin}
	ended := make(chan error, 1)
	go func() {
		c.listen(stdout)
		ended <- cmd.Wait()
	}()
	t.Cleanup(func() {
		stdin.Close() // ends it
		late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", script, err)
		}
		for _, wrong := range c.wrong {
			t.Errorf("%s: %s", script, wrong)
		}
		if t.Failed() {
			t.Logf("%s was %q, and said:\n%s", script, c.statuses, complaints)
		}
	})
	return c
}

// program finds the first of some programs that there is.
func program(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, fmt.Sprintf("%s: install it, and run `make clients`", names[0]))
	return ""
}

// missing skips a test.
func missing(t *testing.T, what string) {
	t.Helper()
	t.Skipf("*** NOT RUN: there is no %s. ***", what)
}

// does tells the client what to do.
func (c *client) does(command string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.stdin, command); err != nil {
		c.t.Errorf("tell the client to %s: %v", command, err)
	}
}

// sees is what the client sees.
func (c *client) sees() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen)
}

// forget lets the client see nothing until it tells what it sees.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = nil
}

// listen takes what the client tells until it ends.
func (c *client) listen(stdout io.Reader) {
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		c.hear(line)
	}
}

// hear takes one thing that the client tells.
func (c *client) hear(line []byte) {
	var event struct {
		Activity *activity
		Page     *struct{ Said, News []string } // all that it shows
		Status   string
		Error    string
	}
	err := json.Unmarshal(line, &event)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		c.wrong = append(c.wrong, fmt.Sprintf("said %q: %v", line, err))
	case event.Activity != nil && event.Activity.line() != "":
		c.seen = append(c.seen, event.Activity.line())
	case event.Page != nil:
		c.seen = slices.Concat(event.Page.Said, event.Page.News)
	case event.Status != "":
		c.statuses = append(c.statuses, event.Status)
	case event.Error != "":
		c.wrong = append(c.wrong, event.Error)
	}
}

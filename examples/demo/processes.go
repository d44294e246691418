package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// processes are what the demo has started. Their logs go to files in dir.
type processes struct {
	// bin is where the binaries are, dir a folder for files.
	bin, dir string
	all      []*process
	// ended gets the name of a process that ends without being asked to.
	ended chan string
}

type process struct {
	name string
	cmd  *exec.Cmd
	gone chan struct{}
	log  *os.File
}

// start starts a process whose output goes to its log.
func (p *processes) start(name, path string, args ...string) error {
	if p.ended == nil {
		p.ended = make(chan string, 8)
	}
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
	if err != nil {
		return err
	}
	cmd := p.command(path, args...)
	var output io.Writer = log
	if os.Getenv("LOGS") != "" {
		output = io.MultiWriter(log, os.Stderr)
	}
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	child := &process{name: name, cmd: cmd, gone: make(chan struct{}), log: log}
	p.all = append(p.all, child)
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(child.gone)
		p.ended <- name
	}()
	return nil
}

// run runs a command to its end, or until ctx ends.
func (p *processes) run(ctx context.Context, cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		_ = cmd.Process.Signal(syscall.SIGTERM)
		return <-done
	}
}

// stop ends all processes, the last one first: nicely, then not.
func (p *processes) stop() {
	var once sync.Once
	for _, child := range slices.Backward(p.all) {
		_ = child.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-child.gone:
		case <-time.After(15 * time.Second):
			once.Do(func() { fmt.Fprintln(os.Stderr, "demo: a process does not end, and is killed") })
			_ = child.cmd.Process.Kill()
			<-child.gone
		}
		child.log.Close()
	}
}

// explain adds the ends of the logs to an error: they are deleted with dir.
func (p *processes) explain(err error) error {
	var text strings.Builder
	fmt.Fprint(&text, err)
	for _, child := range p.all {
		raw, readErr := os.ReadFile(child.log.Name())
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
		if readErr != nil || os.Getenv("LOGS") != "" {
			continue
		}
		fmt.Fprintf(&text, "\n\nthe last lines of %s:\n%s", child.name, strings.Join(lines[max(0, len(lines)-15):], "\n"))
	}
	return fmt.Errorf("%s", text.String())
}

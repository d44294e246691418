package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// process is a child of this program. It ends when its standard input does, so
// it does not outlive us, however we end.
type process struct {
	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	log   string
	// gone is closed when it has ended, with err.
	gone chan struct{}
	err  error
}

// start starts this program once more, as a child that does what the words say.
// Its output goes to a file in dir.
func start(dir string, words ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{name: words[0], log: filepath.Join(dir, words[0]+".log"), gone: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(self, append([]string{childArg}, words...)...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.gone)
	}()
	return p, nil
}

// await asks again and again until the process is ready, or has ended.
func (p *process) await(ctx context.Context, ready func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.gone:
			return p.explain(fmt.Errorf("%s has ended: %w", p.name, p.err))
		case <-ctx.Done():
			return p.explain(fmt.Errorf("%s does not answer: %w", p.name, err))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tell writes a line to the process.
func (p *process) tell(line string) error {
	_, err := io.WriteString(p.stdin, line+"\n")
	return err
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	p.stdin.Close()
	select {
	case <-p.gone:
	case <-time.After(20 * time.Second):
		_ = p.cmd.Process.Kill() // it may end at this very moment
		<-p.gone
	}
	if p.err != nil {
		return p.explain(fmt.Errorf("stop %s: %w", p.name, p.err))
	}
	return nil
}

// explain adds the end of the process's log.
func (p *process) explain(err error) error {
	text, _ := os.ReadFile(p.log) // nothing to add without it
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return fmt.Errorf("%w\n%s", err, strings.Join(lines[max(0, len(lines)-15):], "\n"))
}

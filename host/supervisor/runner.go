package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"
)

// guest is go-plugin's view of a process. The library is told the one line
// that it needs, after that line was checked, and when the process is gone;
// it never reads the process's output.
type guest struct {
	// begin starts the process and waits for its handshake line.
	begin func(libraryEnv []string) (*process, string, error)
	spec  *exec.Cmd
	proc  *process
	line  string
	dir   genDir
}

var _ runner.Runner = (*guest)(nil)

// runnerFunc is what go-plugin asks for a runner. The directory that it makes
// for the purpose is not used: its name is too long.
func (g *guest) runnerFunc(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
	g.spec = spec
	return g, nil
}

// Start starts the process.
func (g *guest) Start(context.Context) (err error) {
	g.proc, g.line, err = g.begin(g.spec.Env)
	return err
}

// Stdout is the handshake line alone.
func (g *guest) Stdout() io.ReadCloser { return io.NopCloser(strings.NewReader(g.line + "\n")) }

// Stderr is empty.
func (g *guest) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Wait blocks until the process is gone.
func (g *guest) Wait(ctx context.Context) error {
	select {
	case <-g.proc.exited:
		return errors.New(g.proc.exit.String())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Kill ends the process and its group.
func (g *guest) Kill(context.Context) error {
	g.proc.kill()
	return nil
}

// ID is the process's number.
func (g *guest) ID() string { return strconv.Itoa(g.proc.pid) }

// Name is the program's path.
func (g *guest) Name() string { return g.spec.Path }

// Diagnose has nothing to add.
func (g *guest) Diagnose(context.Context) string { return "" }

// PluginToHost is asked before the library connects.
func (g *guest) PluginToHost(network, address string) (string, string, error) {
	if err := checkAddress(network, address, g.dir.sockets()); err != nil {
		return "", "", err
	}
	return network, address, nil
}

// HostToPlugin is asked when the broker listens, which it never does here.
func (g *guest) HostToPlugin(network, address string) (string, string, error) {
	return "", "", fmt.Errorf("listen for the bot on %s %s: a bot calls nothing back", network, address)
}

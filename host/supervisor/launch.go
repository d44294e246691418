package supervisor

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// launcher starts the processes of one bot.
type launcher struct {
	config      Config
	timing      timing
	log         *slog.Logger
	hostVersion string
	dirs        *runDir
	ring        *ring
	// validateOnly leaves the bot unconfigured: its settings are only
	// checked.
	validateOnly bool
}

// launch starts a process and makes it ready. The error is a [*StartError];
// nothing is left of the process then.
func (l *launcher) launch(ctx context.Context, number int) (*generation, error) {
	g := &generation{
		number: number, config: l.config, timing: l.timing, ring: l.ring,
		log:  l.log.With("bot", l.config.Name, "generation", number),
		down: make(chan struct{}),
	}
	g.calls, g.endCalls = context.WithCancelCause(context.WithoutCancel(ctx))
	for _, step := range []struct {
		name string
		most time.Duration
		take func(context.Context) error
	}{
		{"pin", time.Minute, g.checkPins},
		{"prepare", time.Minute, func(context.Context) error { return g.prepare(l.dirs) }},
		{"start", l.timing.handshake, g.start},
		{"connect", l.timing.connect, g.connect},
		{"health", l.timing.ready, g.firstPing},
		{"describe", l.timing.ready, func(ctx context.Context) error { return g.describe(ctx, l.hostVersion) }},
		{"configure", l.timing.configure, func(ctx context.Context) error { return g.configure(ctx, l.validateOnly) }},
	} {
		limited, cancel := context.WithTimeoutCause(ctx, step.most, fmt.Errorf("%w of %v", errTooLong, step.most))
		err := step.take(limited)
		cancel()
		if err != nil {
			err = g.explain(err)
			g.endCalls(errStopping)
			g.end()
			return nil, &StartError{Bot: l.config.Name, Step: step.name, Err: err, Log: l.ring.of(number)}
		}
	}
	return g, nil
}

// explain puts an ended process before what its end looked like, and cuts out
// what must not be shown.
func (g *generation) explain(err error) error {
	if g.proc != nil && broken(err) {
		select {
		case <-g.output.ended:
			return fmt.Errorf("the process ended: %s", g.proc.exit)
		case <-time.After(g.timing.blame):
		}
	}
	return g.retell(err)
}

// retell cuts the bot's secrets out of what an error says.
func (g *generation) retell(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if clean := g.ring.secrets.hide(text); clean != text {
		return &retold{text: clean, err: err}
	}
	return err
}

func (g *generation) checkPins(context.Context) (err error) {
	g.pins, err = verifyPins(g.config)
	return err
}

func (g *generation) prepare(dirs *runDir) (err error) {
	if g.dir, err = dirs.next(); err != nil {
		return err
	}
	g.identity, err = newIdentity(time.Now())
	return err
}

// start has go-plugin start the process, by way of begin.
func (g *generation) start(ctx context.Context) error {
	logs := newLogs(ctx, g.log, g.ring, g.number)
	guest := &guest{dir: g.dir, begin: func(libraryEnv []string) (*process, string, error) {
		return g.begin(ctx, libraryEnv, logs)
	}}
	g.library = newLibrary(guest, g.identity, logs, g.heard)
	if err := g.library.start(); err != nil {
		return err
	}
	go g.followExit()
	return nil
}

// begin runs the program and waits for its handshake.
func (g *generation) begin(ctx context.Context, libraryEnv []string, logs *logs) (*process, string, error) {
	proc, err := startProcess(command{
		path: g.config.Command[0], args: g.config.Command, dir: g.config.Dir, program: g.pins.program,
		env: environment(os.Environ(), libraryEnv, g.dir, g.identity.certPEM),
	})
	if err != nil {
		return nil, "", err
	}
	g.proc = proc
	g.log = g.log.With("pid", proc.pid)
	g.notInForce = g.config.Limits.apply(proc.pid, proc.exited)
	for _, limit := range g.notInForce {
		g.log.Warn("a limit of the bot is not in force", "err", limit)
	}
	logs.out = g.log                                     // nothing was logged yet
	g.output = readOutput(proc, logs, g.timing.drainOut) //nolint:contextcheck // it reads for as long as the process lives
	select {
	case <-ctx.Done():
		return nil, "", fmt.Errorf("no handshake on stdout (%s): %w", handshakeForm, context.Cause(ctx))
	case line, ok := <-g.output.first.line:
		if !ok {
			return nil, "", g.noHandshake()
		}
		return proc, line, checkHandshake(line, g.dir.sockets())
	}
}

// noHandshake says why no line came.
func (g *generation) noHandshake() error {
	select {
	case <-g.proc.exited:
		return fmt.Errorf("the process ended before the handshake: %s%s", g.proc.exit, g.config.Limits)
	case <-time.After(g.timing.blame):
		return g.output.first.err
	}
}

func (g *generation) connect(ctx context.Context) (err error) {
	g.conn, g.client, err = g.library.connect(ctx)
	return err
}

// firstPing is the first call, which shows what kind of server is there.
func (g *generation) firstPing(ctx context.Context) error {
	err := g.ping(ctx)
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "authentication handshake failed: context deadline exceeded"):
		return fmt.Errorf("%w: nobody serves on the socket of its handshake; it must accept connections from then on", err)
	case strings.Contains(err.Error(), "authentication handshake failed"):
		return fmt.Errorf("%w: it must serve TLS with the certificate of its handshake, and take the one in PLUGIN_CLIENT_CERT", err)
	}
	return err
}

func (g *generation) describe(ctx context.Context, hostVersion string) (err error) {
	if g.description, err = g.client.Describe(ctx, hostVersion); err != nil {
		return err
	}
	if g.description.Turns > 0 {
		g.slots = make(chan struct{}, min(g.description.Turns, maxSlots))
	}
	return nil
}

// maxSlots is where a bot's own limit of turns at once ends to be one.
const maxSlots = 10_000

// configure hands over settings and secrets, after a last look at what is
// running.
func (g *generation) configure(ctx context.Context, validateOnly bool) error {
	if err := g.pins.again(); err != nil {
		return err
	}
	g.pins.close()
	return g.client.Configure(ctx, bot.Settings{
		Bot: g.config.Name, Values: g.config.Settings, Secrets: g.config.Secrets, BaseDir: g.config.BaseDir,
	}, validateOnly)
}

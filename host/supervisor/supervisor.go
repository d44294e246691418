package supervisor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// startsAtOnce is how many bots may be starting at the same time.
const startsAtOnce = 2

// Options are what all bots share. The zero value serves.
type Options struct {
	// RunDir is where this host's own directory for sockets is made; empty:
	// $XDG_RUNTIME_DIR, else the directory for temporary files. It must be
	// short: a unix socket's path has at most 107 bytes.
	RunDir string
	// Logger gets what the bots log, and what happens to them; nil:
	// [slog.Default].
	Logger *slog.Logger
	// HostVersion is told to the bots.
	HostVersion string
	// Rand answers a number from 0 up to and without n, for back-off; nil:
	// any.
	Rand func(n int64) int64

	// timing is for tests; nil: defaultTiming.
	timing *timing
}

func (o Options) withDefaults() Options {
	o.RunDir = runParent(o.RunDir)
	o.Logger = cmp.Or(o.Logger, slog.Default())
	if o.Rand == nil {
		o.Rand = rand.Int64N
	}
	if o.timing == nil {
		t := defaultTiming()
		o.timing = &t
	}
	return o
}

// Supervisor keeps bots up. Safe for concurrent use.
type Supervisor struct {
	options Options
	keepers []*keeper
	byName  map[string]*keeper
	dirs    *runDir // made by Run
	running atomic.Bool
}

// New makes a supervisor of bots. All that is wrong with their configuration
// is reported at once; nothing is started, and no file is looked at.
func New(bots []Config, options Options) (*Supervisor, error) {
	s := &Supervisor{options: options.withDefaults(), byName: map[string]*keeper{}}
	wrong := []error{checkRunParent(s.options.RunDir)}
	starts := make(chan struct{}, startsAtOnce)
	for _, config := range bots {
		config = config.withDefaults()
		wrong = append(wrong, config.check())
		if s.byName[config.Name] != nil {
			wrong = append(wrong, fmt.Errorf("bot %q: there are two of this name", config.Name))
		}
		k := newKeeper(config, *s.options.timing, s.options.Logger, starts, s.options.Rand)
		k.start = s.starter(k)
		s.keepers = append(s.keepers, k)
		s.byName[config.Name] = k
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return s, nil
}

// starter starts processes for k.
func (s *Supervisor) starter(k *keeper) func(context.Context, int) (instance, error) {
	return func(ctx context.Context, number int) (instance, error) {
		l := launcher{
			config: k.config, timing: k.timing, log: s.options.Logger, hostVersion: s.options.HostVersion,
			dirs: s.dirs, ring: k.ring,
		}
		g, err := l.launch(ctx, number)
		if err != nil {
			return nil, err
		}
		go g.watch(g.calls) //nolint:contextcheck // ctx is of the start, calls of the process
		return g, nil
	}
}

// Run starts all bots and keeps them up until ctx is done. Then it stops them,
// all at once, and returns nil; for each that takes at most its turn deadline
// and some 15 s. It can be called once.
func (s *Supervisor) Run(ctx context.Context) error {
	if s.running.Swap(true) {
		return errors.New("run supervisor: it was run before")
	}
	dirs, err := openRunDir(s.options.RunDir)
	if err != nil {
		return fmt.Errorf("run supervisor: %w", err)
	}
	s.dirs = dirs
	var all sync.WaitGroup
	for _, k := range s.keepers {
		all.Go(func() { k.run(ctx) })
	}
	all.Wait()
	if err := dirs.close(); err != nil {
		s.options.Logger.Warn("the run directory could not be removed", "err", err)
	}
	return nil
}

// Kill makes a stop that is under way a short one: the bots' processes are
// killed, with what they have in hand.
func (s *Supervisor) Kill() {
	for _, k := range s.keepers {
		k.kill()
	}
}

// Bot finds a bot by name. The answer serves for as long as the supervisor,
// whatever becomes of the bot's processes. It is also a [bot.Observer]. A turn
// waits, within its context, while the bot is being started; if the bot has
// failed, the turn does so at once with a [bot.Permanent] error.
func (s *Supervisor) Bot(name string) (bot.Bot, bool) {
	k, ok := s.byName[name]
	if !ok {
		return nil, false
	}
	return handle{k}, true
}

// Status is how each bot is, in the order of the configuration.
func (s *Supervisor) Status() []Status {
	all := make([]Status, len(s.keepers))
	for i, k := range s.keepers {
		all[i] = k.status()
	}
	return all
}

// ReadySince is since when a bot has been ready to take turns; the zero time:
// it is not, or there is none of this name.
func (s *Supervisor) ReadySince(name string) time.Time {
	k, ok := s.byName[name]
	if !ok {
		return time.Time{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != StateReady {
		return time.Time{}
	}
	return k.since
}

// Settled waits until the first start of each bot is over, well or not, or
// until ctx is done.
func (s *Supervisor) Settled(ctx context.Context) error {
	for _, k := range s.keepers {
		select {
		case <-k.settled:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Rearm has a bot that has failed, or waits for its next start, started at
// once. It does nothing to one that is up. It reports whether there is a bot
// of this name.
func (s *Supervisor) Rearm(name string) bool {
	k, ok := s.byName[name]
	if !ok {
		return false
	}
	k.poke()
	return true
}

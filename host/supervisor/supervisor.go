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
	// starts holds a place for each start that may be under way at once.
	starts  chan struct{}
	running atomic.Bool
	// changing is held by the change that is being prepared.
	changing sync.Mutex

	mu      sync.RWMutex
	keepers []*keeper // in the order of the configuration
	byName  map[string]*keeper
	// ctx is that of Run, dirs and all are of its keepers. Nil: not running.
	ctx  context.Context
	dirs *runDir
	all  sync.WaitGroup
}

// New makes a supervisor of bots. All that is wrong with their configuration
// is reported at once; nothing is started, and no file is looked at.
func New(bots []Config, options Options) (*Supervisor, error) {
	s := &Supervisor{
		options: options.withDefaults(), starts: make(chan struct{}, startsAtOnce), byName: map[string]*keeper{},
	}
	bots, err := completed(bots)
	if err := errors.Join(checkRunParent(s.options.RunDir), err); err != nil {
		return nil, err
	}
	for _, config := range bots {
		k := s.newKeeper(config)
		s.keepers = append(s.keepers, k)
		s.byName[config.Name] = k
	}
	return s, nil
}

// completed are bots with all that they leave open, and what is wrong with them.
func completed(bots []Config) ([]Config, error) {
	var full []Config
	var wrong []error
	names := map[string]bool{}
	for _, config := range bots {
		config = config.withDefaults()
		wrong = append(wrong, config.check())
		if names[config.Name] {
			wrong = append(wrong, fmt.Errorf("bot %q: there are two of this name", config.Name))
		}
		names[config.Name] = true
		full = append(full, config)
	}
	return full, errors.Join(wrong...)
}

func (s *Supervisor) newKeeper(config Config) *keeper {
	k := newKeeper(config, *s.options.timing, s.options.Logger, s.starts, s.options.Rand)
	k.start = s.starter(k)
	return k
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
	s.mu.Lock()
	s.ctx, s.dirs = ctx, dirs
	for _, k := range s.keepers {
		s.up(k)
	}
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()   // who brings more of them up has seen ctx, or is done
	s.mu.Unlock() //nolint:staticcheck // because waiting is all that it is for
	s.all.Wait()
	if err := dirs.close(); err != nil {
		s.options.Logger.Warn("the run directory could not be removed", "err", err)
	}
	return nil
}

// up lets a keeper begin, unless Run is over. The caller holds the mutex.
func (s *Supervisor) up(k *keeper) bool {
	if s.ctx == nil || s.ctx.Err() != nil {
		return false
	}
	var ctx context.Context
	ctx, k.retire = context.WithCancel(s.ctx)
	s.all.Go(func() { k.run(ctx) })
	return true
}

// Kill makes a stop that is under way a short one: the bots' processes are
// killed, with what they have in hand.
func (s *Supervisor) Kill() {
	for _, k := range s.now() {
		k.kill()
	}
}

// Bot finds a bot by name. The answer serves for as long as a bot of the name
// is configured, whatever becomes of its processes. It is also a
// [bot.Observer]. A turn waits, within its context, while the bot is being
// started; if the bot has failed, the turn does so at once with a
// [bot.Permanent] error.
func (s *Supervisor) Bot(name string) (bot.Bot, bool) {
	if s.keeper(name) == nil {
		return nil, false
	}
	return handle{s, name}, true
}

// keeper is that of a bot; nil: there is none of this name.
func (s *Supervisor) keeper(name string) *keeper {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byName[name]
}

// now are the keepers of the bots that are configured now.
func (s *Supervisor) now() []*keeper {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keepers
}

// Status is how each bot is, in the order of the configuration.
func (s *Supervisor) Status() []Status {
	var all []Status
	for _, k := range s.now() {
		all = append(all, k.status())
	}
	return all
}

// ReadySince is since when a bot has been ready to take turns; the zero time:
// it is not, or there is none of this name.
func (s *Supervisor) ReadySince(name string) time.Time {
	k := s.keeper(name)
	if k == nil {
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
	for _, k := range s.now() {
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
	k := s.keeper(name)
	if k == nil {
		return false
	}
	k.poke()
	return true
}

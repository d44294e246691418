package supervisor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// instance is a started process, as a keeper sees it; a [generation].
type instance interface {
	// turn and observe may be called by those who have entered.
	enter() bool
	turn(context.Context, *bot.Turn, *bot.Reply) error
	observe(context.Context, *bot.Observed) error
	// failed is closed when the instance is of no use any more.
	failed() <-chan struct{}
	// why says why it failed, and how its process ended, if it has.
	why() (Exit, error)
	// stop takes it out of service, end makes it leave at once. Both block,
	// for a bounded time. Kill shortens either, and does not block.
	stop()
	end()
	kill()
	// facts about it.
	facts() (pid int, description bot.Description)
}

// keeper keeps one bot up: it starts it, and starts it again when it has
// fallen, until it is told to stop or the bot falls too often.
type keeper struct {
	config Config
	timing timing
	log    *slog.Logger
	ring   *ring
	start  func(ctx context.Context, number int) (instance, error)
	// starts holds a place for each start that may be under way at once in
	// the whole supervisor.
	starts  chan struct{}
	backoff backoff
	crashes crashes
	// settled is closed when the first start is over, well or not.
	settled chan struct{}
	rearm   chan struct{}
	retire  context.CancelFunc // ends run; set with it
	ends    sync.WaitGroup     // of processes that are gone already

	mu      sync.Mutex
	state   State
	since   time.Time
	current instance // nil unless ready or draining
	number  int      // of the last start
	looked  string   // at the files, before the last start
	err     error    // why the last start or process failed
	exit    Exit     // of the last process that ended
	known   bot.Description
	changed chan struct{} // closed, and made anew, at each change
}

func newKeeper(c Config, t timing, log *slog.Logger, starts chan struct{}, rand func(int64) int64) *keeper {
	return &keeper{
		config: c, timing: t, log: log.With("bot", c.Name), ring: newRing(c.Secrets), starts: starts,
		backoff: backoff{min: t.backoffMin, max: t.backoffMax, rand: rand},
		crashes: crashes{window: t.loopWindow, most: t.loopCrashes},
		settled: make(chan struct{}), rearm: make(chan struct{}, 1),
		state: StateStarting, since: time.Now(), changed: make(chan struct{}),
	}
}

// run keeps the bot up until ctx is done, and then stops it.
func (k *keeper) run(ctx context.Context) {
	defer k.ends.Wait()
	settle := sync.OnceFunc(func() { close(k.settled) })
	defer settle()
	for ctx.Err() == nil {
		began := time.Now()
		err := k.life(ctx, settle)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) >= k.timing.steady {
			k.backoff.reset()
		}
		k.pause(ctx, err)
	}
	k.set(func() { k.state, k.current = StateStopped, nil })
}

// life is one generation, from its start to its end. The error is why it
// ended, if ctx was not the reason.
func (k *keeper) life(ctx context.Context, settle func()) error {
	one, err := k.launch(ctx)
	if err != nil {
		if ctx.Err() == nil {
			k.set(func() { k.state, k.err = StateStarting, err })
			k.log.Error("bot did not start", "generation", k.number, "err", err)
		}
		settle()
		return err
	}
	pid, description := one.facts()
	k.set(func() { k.state, k.current, k.known, k.err = StateReady, one, description, nil })
	k.log.Info("bot is ready", "generation", k.number, "pid", pid, "version", clean(description.Version))
	settle()
	select {
	case <-ctx.Done():
		k.set(func() { k.state = StateDraining })
		one.stop()
		exit, _ := one.why()
		k.set(func() { k.exit = exit })
		k.log.Info("bot is stopped", "generation", k.number, "pid", pid, "exit", exit.String())
		return nil
	case <-one.failed():
	}
	exit, err := one.why()
	k.set(func() { k.state, k.current, k.err, k.exit = StateStarting, nil, err, exit })
	k.log.Error("bot has fallen", "generation", k.number, "pid", pid, "err", err)
	k.leave(one)
	return err
}

// launch starts the next generation, when it is this bot's turn to start.
func (k *keeper) launch(ctx context.Context) (instance, error) {
	select {
	case k.starts <- struct{}{}:
		defer func() { <-k.starts }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	looked := lookAt(k.config)
	k.set(func() { k.state, k.number, k.looked = StateStarting, k.number+1, looked })
	return k.start(ctx, k.number)
}

// leave clears away a failed instance. One that still runs must be gone before
// the next one starts; what is left of others need not be waited for.
func (k *keeper) leave(one instance) {
	if exit, _ := one.why(); exit.At.IsZero() {
		one.end()
		exit, _ = one.why()
		k.set(func() { k.exit = exit })
		return
	}
	k.ends.Go(one.end)
}

// pause waits until the bot should be started again after err.
func (k *keeper) pause(ctx context.Context, err error) {
	loop := k.crashes.add(time.Now())
	start, isStart := errors.AsType[*StartError](err)
	switch {
	case isStart && start.hopeless():
		k.giveUp(ctx, err)
	case loop:
		k.giveUp(ctx, fmt.Errorf("%d crashes within %v, the last: %w", k.timing.loopCrashes, k.timing.loopWindow, err))
	default:
		wait := time.NewTimer(k.backoff.next())
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-k.rearm:
		case <-ctx.Done():
		}
	}
}

// giveUp marks the bot as failed until somebody rearms it, or changes its
// files.
func (k *keeper) giveUp(ctx context.Context, err error) {
	k.set(func() { k.state, k.err = StateFailed, err })
	k.log.Error("bot has failed and is not started again until its files change or it is rearmed", "err", err)
	look := time.NewTicker(k.timing.lookAgain)
	defer look.Stop()
	for waiting := true; waiting; {
		select {
		case <-look.C:
			waiting = lookAt(k.config) == k.looked
		case <-k.rearm:
			waiting = false
		case <-ctx.Done():
			return
		}
	}
	k.crashes.forget()
	k.backoff.reset()
	k.log.Info("bot is rearmed")
	k.set(func() { k.state = StateStarting })
}

// set changes what others see, and tells those who wait.
func (k *keeper) set(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.state
	change()
	if k.state != before {
		k.since = time.Now()
	}
	close(k.changed)
	k.changed = make(chan struct{})
}

// kill leaves the process that is up no time.
func (k *keeper) kill() {
	k.mu.Lock()
	current := k.current
	k.mu.Unlock()
	if current != nil {
		current.kill()
	}
}

// acquire waits, within ctx, for a ready instance and enters it. A failed bot
// is a [bot.Permanent] error at once.
func (k *keeper) acquire(ctx context.Context) (instance, error) {
	for {
		k.mu.Lock()
		state, current, err, changed := k.state, k.current, k.err, k.changed
		k.mu.Unlock()
		switch {
		case state == StateReady && current.enter():
			return current, nil
		case state == StateFailed:
			return nil, bot.Permanent(fmt.Errorf("bot %s has failed: %w", k.config.Name, err))
		case state == StateStopped, state == StateDraining:
			return nil, fmt.Errorf("bot %s: %w", k.config.Name, errStopping)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			waited := fmt.Errorf("wait for bot %s to be ready: %w", k.config.Name, context.Cause(ctx))
			if err != nil {
				waited = fmt.Errorf("%w; it is started again because: %s", waited, err.Error()) // whose kind is another
			}
			return nil, waited
		}
	}
}

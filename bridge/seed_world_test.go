package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/filestore"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
)

// seedWorld is everything around one seed: the host that is killed, and all
// who live on.
type seedWorld struct {
	t      *testing.T
	ctx    context.Context
	folder string
	dice   dice
	centre *seedCentre
	put    *putTurns
	watch  *seedWatch
	// calm: nothing goes wrong any more.
	calm atomic.Bool
	// people are the customers and agents who are still at it, and the events
	// on their way.
	people sync.WaitGroup

	mu     sync.Mutex
	host   *seedHost // nil: it is down
	kills  int
	undone int // failovers, counted in the end
	story  []string
	began  time.Time
	// calmSince is when everything became calm; zero: it is not.
	calmSince time.Time
	restart   sync.WaitGroup
}

// seedHost is one life of the host. When it is dead nothing that it does has
// an effect any more.
type seedHost struct {
	w      *seedWorld
	life   int
	engine *bridge.Engine
	store  *sqlstore.Store
	cancel context.CancelFunc
	ended  chan error
	dead   atomic.Bool
}

var errDown = errors.New("the host is down")

func playSeed(t *testing.T, seed uint64, tell bool) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &seedWorld{t: t, ctx: t.Context(), folder: folder, dice: dice(seed), put: newPutTurns(), watch: newSeedWatch(), began: time.Now()}
		w.centre = newSeedCentre(w)
		w.start(0)
		w.live()
		w.check()
		w.host.stop()
		if tell || t.Failed() {
			t.Logf("seed %d, %d kills, %d failovers undone:\n%s", seed, w.kills, w.undone, strings.Join(w.story, "\n"))
		}
	})
}

// live plays until everybody is done and everything that was begun has come
// to an end.
func (w *seedWorld) live() {
	customers := sync.WaitGroup{}
	for i := range seedCustomers {
		customers.Go(func() { w.customer(fmt.Sprintf("c%d", i+1)) })
	}
	for i := range seedGuests {
		customers.Go(func() { w.guest(fmt.Sprintf("W%d", i+1)) })
	}
	customers.Wait()
	w.calm.Store(true)
	w.mu.Lock()
	w.calmSince = time.Now()
	w.mu.Unlock()
	time.Sleep(2 * time.Hour)
	w.people.Wait()
	time.Sleep(time.Hour)
	w.restart.Wait()
	synctest.Wait()
}

// tell adds a line to the story.
func (w *seedWorld) tell(format string, args ...any) {
	line := fmt.Sprintf("%10s  ", time.Since(w.began).Round(time.Millisecond)) + fmt.Sprintf(format, args...)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.story = append(w.story, line)
}

// start begins a life of the host's.
func (w *seedWorld) start(life int) {
	log := slog.New(slog.DiscardHandler)
	h := &seedHost{w: w, life: life, ended: make(chan error, 1)}
	var err error
	if h.store, err = sqlstore.Open(w.ctx, filepath.Join(w.folder, "patchbay.db"), sqlstore.Options{NoSync: true, Log: log}); err != nil {
		w.t.Error(err)
		return
	}
	files, err := filestore.Open(filepath.Join(w.folder, "files"), filestore.Options{})
	if err != nil {
		w.t.Error(err)
		return
	}
	h.engine, err = bridge.New(bridge.Config{
		Store: &seedStore{Store: h.store, h: h}, Bots: fakeBots{"faq": &seedBot{h}}, ReadySince: w.botReadySince, Attachments: files,
		Desks: map[string]bridge.Desk{"acme": &seedDesk{h: h}}, Lines: map[string]bridge.Line{"web": newFakeLine()},
		Channels: seedChannels(w.dice), Logger: log, KeepLoaded: 2, Unclean: life > 0,
	})
	if err != nil {
		w.t.Error(err)
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	h.cancel = cancel
	go func() { h.ended <- h.engine.Run(ctx) }()
	w.mu.Lock()
	w.host = h
	w.mu.Unlock()
	w.tell("host up, life %d", life)
}

// stop ends a life in order.
func (h *seedHost) stop() {
	h.cancel()
	if err := <-h.ended; err != nil && !h.dead.Load() {
		h.w.t.Error(err)
	}
	if err := h.store.Close(); err != nil {
		h.w.t.Error(err)
	}
}

// die ends a life here and now; a while later the next one begins.
func (h *seedHost) die(where string) {
	if h.dead.Swap(true) {
		return
	}
	w := h.w
	w.tell("host killed: %s", where)
	w.mu.Lock()
	w.host = nil
	w.kills++
	w.mu.Unlock()
	w.restart.Go(func() {
		h.stop()
		time.Sleep(w.dice.wait(100*time.Millisecond, 3*time.Second, "down", h.life))
		w.start(h.life + 1)
	})
}

// maybeDies kills the host now and then.
func (h *seedHost) maybeDies(permille int, about ...any) bool {
	if h.w.calm.Load() || !h.w.dice.chance(permille, append(about, "kill", h.life)...) {
		return h.dead.Load()
	}
	h.die(fmt.Sprint(about...))
	return true
}

// receive is one request to the host: nil once it is acknowledged.
func (w *seedWorld) receive(ev lifecycle.Event) error {
	w.mu.Lock()
	h := w.host
	w.mu.Unlock()
	if h == nil {
		return errDown
	}
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	_, err := h.engine.Receive(ctx, ev)
	if h.dead.Load() {
		return errDown
	}
	return err
}

// insist sends an event until it is acknowledged.
func (w *seedWorld) insist(ev lifecycle.Event) {
	for try := 0; ; try++ {
		err := w.receive(ev)
		if err == nil {
			w.step(ev)
			return
		}
		if !errors.Is(err, errDown) && !errors.Is(err, bridge.ErrUnavailable) {
			w.t.Errorf("%s %s: %v", ev.Kind, ev.ID, err)
			return
		}
		time.Sleep(w.dice.wait(500*time.Millisecond, 3*time.Second, "again", ev.ID, try))
	}
}

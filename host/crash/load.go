package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// load lets everybody talk while the host is killed, and then waits until all
// has come to its end. The host that it answers lives.
func (w *world) load(ctx context.Context, k *killer) (*process, error) {
	whole, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	fail := func(err error) {
		if err != nil {
			cancel(err)
		}
	}
	calm, stopLoad := context.WithCancel(whole)
	defer stopLoad()
	w.agents = &agents{centre: w.centre, calm: calm}
	var talk, stay sync.WaitGroup
	defer stay.Wait()
	defer cancel(nil)
	talk.Go(func() { fail(w.prober.begin(whole)) })
	first, err := startHost(w.dir, "")
	if err != nil {
		return nil, err
	}
	talk.Wait()
	first.kill()
	for _, a := range [][2]string{{"ada", "102"}, {"bob", "102"}, {"cem", "101"}} {
		stay.Go(func() { fail(w.agents.work(whole, a[0], a[1])) })
	}
	stay.Go(func() { fail(k.storm.run(whole)) })
	for range w.customers {
		talk.Go(func() {
			for calm.Err() == nil {
				fail(w.newCustomer().live(calm, whole, &stay))
			}
		})
	}
	for range w.guests {
		talk.Go(func() {
			for calm.Err() == nil {
				fail(w.newGuest().live(calm))
			}
		})
	}
	life, err := k.run(whole, w.kills)
	stopLoad()
	if err == nil {
		talk.Wait()
		err = w.rest(whole)
	}
	if cause := context.Cause(whole); cause != nil {
		err = cause
	}
	if err != nil {
		cancel(err)
		talk.Wait()
		if life != nil {
			life.kill()
		}
	}
	return life, err
}

func (w *world) newCustomer() *customer {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := newCustomer(fmt.Sprintf("c%d", len(w.clients)+1), "http://"+w.host)
	w.clients = append(w.clients, c)
	return c
}

func (w *world) newGuest() *guest {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := &guest{name: fmt.Sprintf("w%d", len(w.callers)+1), centre: w.centre}
	w.callers = append(w.callers, g)
	return g
}

// rest waits after the load: as long as there is, or until nothing has happened
// for a while.
func (w *world) rest(ctx context.Context) error {
	fmt.Fprintf(w.out, "the load is over, %s to settle\n", w.settle)
	end := time.Now().Add(w.settle)
	before, since := "", time.Now()
	for time.Now().Before(end) {
		if !rest(ctx, 500*time.Millisecond) {
			return context.Cause(ctx)
		}
		if now := w.trace(ctx); now != before || w.relay.waiting() > 0 {
			before, since = now, time.Now()
		}
		if w.early && time.Since(since) > 4*time.Second {
			return nil
		}
	}
	return nil
}

// trace changes whenever something happens.
func (w *world) trace(ctx context.Context) string {
	var state struct{ Requests int }
	err := w.centre.call(ctx, "GET", "/state", nil, &state)
	trace := fmt.Sprint(state.Requests, err)
	for _, name := range []string{"web", "line"} {
		info, err := os.Stat(filepath.Join(w.dir, name+".bot.log"))
		if err == nil {
			trace += fmt.Sprint(" ", info.Size())
		} else if !errors.Is(err, os.ErrNotExist) {
			trace += err.Error()
		}
	}
	return trace
}

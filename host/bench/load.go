package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// errSpent is a caller's that has nothing more to ask.
var errSpent = errors.New("nothing left to ask")

// caller makes one call and waits for its answer.
type caller func() error

// load is callers that each make one call after the other: a closed loop.
type load struct {
	callers []caller
	during  time.Duration
	// pace is the time from one call of a caller's to its next; 0: it does
	// not wait. A caller that is late goes on at once and skips what it missed.
	pace time.Duration
}

// run makes calls until the time is up or nothing is left to ask. A caller
// whose call fails makes no more.
func (l load) run(ctx context.Context) figure {
	took := make([][]time.Duration, len(l.callers))
	errs := make([]error, len(l.callers))
	begin := time.Now()
	end := begin.Add(l.during)
	var all sync.WaitGroup
	for i, call := range l.callers {
		took[i] = make([]time.Duration, 0, 1<<12)
		all.Go(func() {
			var tick <-chan time.Time
			if l.pace > 0 {
				ticker := time.NewTicker(l.pace)
				defer ticker.Stop()
				tick = ticker.C
			}
			for ctx.Err() == nil && time.Now().Before(end) {
				if tick != nil {
					<-tick
				}
				began := time.Now()
				if err := call(); err != nil {
					errs[i] = err
					return
				}
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	all.Wait()
	return summary(slices.Concat(took...), time.Since(begin), errs)
}

func summary(took []time.Duration, elapsed time.Duration, errs []error) figure {
	f := figure{calls: len(took), rate: float64(len(took)) / elapsed.Seconds()}
	for _, err := range errs {
		if err != nil && !errors.Is(err, errSpent) {
			f.fail(1, err)
		}
	}
	if slices.Sort(took); len(took) > 0 {
		f.p50, f.p99 = took[len(took)/2], took[len(took)*99/100]
	}
	return f
}

// fail counts n errors, of which err is one.
func (f *figure) fail(n int, err error) {
	f.errors += n
	if f.err == nil {
		f.err = err
	}
}

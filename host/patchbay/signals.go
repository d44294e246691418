package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/patchbay-host/patchbay/host"
)

// caught are the signals that a host lives with. It comes first: a SIGHUP must
// not end a host that is about to begin.
func caught() chan os.Signal {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return signals
}

// onSignals has a host reload on SIGHUP, and stop at once when it is told to
// stop a second time. The first time ends the context that it runs in; the
// third one ends the process.
func onSignals(h *host.Host, signals chan os.Signal) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer signal.Stop(signals)
		for told := 0; told < 2; {
			select {
			case s := <-signals:
				if s == syscall.SIGHUP {
					go h.Reload(ctx)
					continue
				}
				told++
			case <-ctx.Done():
				return
			}
		}
		h.Hurry()
	}()
	return cancel
}

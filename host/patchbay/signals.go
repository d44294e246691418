package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/patchbay-host/patchbay/host"
)

// onSignals has a host that stops stop at once, when it is told a second
// time. The first time ends the context that it runs in; the third one ends
// the process.
func onSignals(h *host.Host) (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		defer signal.Stop(signals)
		for range 2 {
			select {
			case <-signals:
			case <-done:
				return
			}
		}
		h.Hurry()
	}()
	return func() { close(done) }
}

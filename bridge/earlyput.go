package bridge

import (
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

const (
	// aloneAfterCut is for how long after a run that was cut off each message
	// gets a turn of its own. What that run had put to a bot and not kept is
	// sent again within that time, or the desk tells when it was said.
	aloneAfterCut = 10 * time.Minute
	// maxEarlyPut bounds what is remembered.
	maxEarlyPut = 10_000
)

// earlyPut remembers the messages that were put to a bot while their commit
// was under way, and whose commit failed. When they come again they must be
// put in turns of the same ids, or the bot would have them twice.
type earlyPut struct {
	clock Clock
	until time.Time // any message from before may be one of them

	mu     sync.Mutex
	events map[string]bool
}

func newEarlyPut(clock Clock, unclean bool) *earlyPut {
	p := &earlyPut{clock: clock, events: map[string]bool{}}
	if unclean {
		p.until = clock.Now().Add(aloneAfterCut)
	}
	return p
}

// any reports whether something may come that was put before.
func (p *earlyPut) any() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clock.Now().Before(p.until) || len(p.events) > 0
}

// add remembers events whose turn may have begun.
func (p *earlyPut) add(events []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.events)+len(events) > maxEarlyPut {
		clear(p.events)
	}
	for _, id := range events {
		p.events[id] = true
	}
}

// has reports whether an event may have been put before.
func (p *earlyPut) has(ev lifecycle.Event) bool {
	said := ev.DeskTime
	if said.IsZero() {
		said = p.clock.Now()
	}
	if said.Before(p.until) {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events[ev.ID]
}

package bridge

import (
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// alarms wake conversations whose timers are due.
type alarms struct {
	clock Clock
	wake  func(bot.ConversationID)

	mu     sync.Mutex
	set    map[bot.ConversationID]alarm
	closed bool
}

type alarm struct {
	at   time.Time
	stop func() bool
}

func newAlarms(clock Clock, wake func(bot.ConversationID)) *alarms {
	return &alarms{clock: clock, wake: wake, set: map[bot.ConversationID]alarm{}}
}

// at wakes the conversation at a time, instead of at the one set before. The
// zero time: never.
func (a *alarms) at(id bot.ConversationID, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	old, ok := a.set[id]
	if a.closed || ok && old.at.Equal(at) || !ok && at.IsZero() {
		return
	}
	if ok {
		old.stop()
		delete(a.set, id)
	}
	if at.IsZero() {
		return
	}
	a.set[id] = alarm{at: at, stop: a.clock.AfterFunc(at.Sub(a.clock.Now()), func() {
		a.mu.Lock()
		if now, ok := a.set[id]; ok && now.at.Equal(at) {
			delete(a.set, id)
		}
		a.mu.Unlock()
		a.wake(id)
	})}
}

// close stops all alarms.
func (a *alarms) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for _, alarm := range a.set {
		alarm.stop()
	}
	a.set = nil
}

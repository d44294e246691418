package bridge

import (
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// deskLane is a conversation's lane towards the desk: a cursor over the
// entries addressed to it, and one call in flight. Guarded by the keeper's
// mutex.
type deskLane struct {
	running bool
	// last is the newest entry addressed to the desk.
	last int64
	// doubt: entries through this number may have been carried out by an
	// earlier run.
	doubt int64
	// wake tells the lane's goroutine that the conversation has changed.
	wake chan struct{}
	// begun is the handoff entry whose ticket may have been opened.
	begun int64
}

// deskLane lets the lane go on, if it has something to do.
func (k *keeper) deskLane() {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case k.desk.wake <- struct{}{}:
	default:
	}
	if !k.desk.running && k.desk.last > k.cursors.Desk {
		k.desk.running = true
		k.e.work.Go(k.runDesk)
	}
}

// runDesk performs entry after entry until there is none, or the lane is closed
// to the next one, or the engine stops.
func (k *keeper) runDesk() {
	for {
		entry, ok := k.nextForDesk()
		if !ok || !k.perform(entry) {
			break
		}
		k.mu.Lock()
		k.cursors.Desk = entry.Number
		if k.desk.last <= entry.Number {
			k.cursors.Desk = max(entry.Number, k.state.Number)
		}
		k.e.saver.save(k.id, k.cursors)
		k.mu.Unlock()
	}
}

// nextForDesk is the next entry to perform. Without one the lane's goroutine
// is marked as ended.
func (k *keeper) nextForDesk() (lifecycle.Entry, bool) {
	for {
		k.mu.Lock()
		cursor, last := k.cursors.Desk, k.desk.last
		if cursor >= last || k.e.ctx.Err() != nil {
			k.desk.running = false
			k.mu.Unlock()
			return lifecycle.Entry{}, false
		}
		tail := k.tail
		k.mu.Unlock()
		entries, err := k.entries(k.e.ctx, tail, cursor+1, last)
		if err != nil {
			k.e.log.Error("desk lane", "conversation", k.id, "err", err)
			k.pause(backoffFirst, func() bool { return false })
			continue
		}
		for _, entry := range entries {
			if entry.To.Has(lifecycle.ToDesk) {
				return entry, true
			}
		}
		k.mu.Lock() // nothing there is addressed to the desk after all
		k.cursors.Desk = last
		k.mu.Unlock()
	}
}

// stays marks the lane as ended if it is closed to an entry: what is said waits.
func (k *keeper) stays(entry lifecycle.Entry) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state.Desk.Closed && speaks(entry) {
		k.desk.running = false
		return true
	}
	return false
}

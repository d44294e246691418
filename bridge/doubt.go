package bridge

import (
	"errors"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// readBack looks, after a while and then once more, whether a call in doubt
// has been carried out: also of words that are not wanted any more, for what
// the desk does not have must be said elsewhere. A desk that refuses to be read
// has nothing to show. Not ok: the engine stops first.
func (k *keeper) readBack(op operation, unwanted func() bool) (done, ok bool) {
	says := speaks(op.entry)
	for look := 0; look < looks; {
		if !k.configured() {
			return false, false
		}
		op = k.fresh(op)
		if !k.pause(op.by.ReadbackAfter, func() bool { return !says && unwanted() }) {
			return false, false
		}
		if !says && unwanted() {
			return false, true
		}
		faultpoint.Hit(faultpoint.ReadBack)
		found, err := k.timedLook(op.look)
		if k.e.ctx.Err() != nil {
			return false, false
		}
		if found {
			return true, true
		}
		if err != nil {
			k.e.log.Warn("read back from the desk", "conversation", k.id, "entry", op.entry.Number, "err", err)
		}
		if failure, typed := errors.AsType[*DeskError](err); err == nil || typed && failure.Kind == DeskRefused {
			look++
		}
	}
	k.mu.Lock()
	k.desk.doubt = min(k.desk.doubt, op.entry.Number) // nothing later has been sent before it
	k.mu.Unlock()
	return false, true
}

// drop gives up an entry that is not wanted any more. Of words the rules are
// told, since the agents have not seen them.
func (k *keeper) drop(entry lifecycle.Entry) bool {
	if speaks(entry) {
		k.tell(lifecycle.Event{Kind: lifecycle.EventDropped, Entry: entry.Number})
	}
	return k.e.ctx.Err() == nil
}

// settled reports whether an earlier run has told that the desk does not get a
// message, or refuses it.
func (k *keeper) settled(entry lifecycle.Entry) bool {
	k.mu.Lock()
	tail, number := k.tail, k.state.Number
	k.mu.Unlock()
	since, err := k.entries(k.e.ctx, tail, entry.Number, number)
	if err != nil {
		k.e.log.Error("desk lane", "conversation", k.id, "err", err)
	}
	return notGiven(since)[entry.Number]
}

// speaks reports whether an entry is a message to the desk.
func speaks(e lifecycle.Entry) bool {
	return e.Said() || e.Kind == lifecycle.EntryReturn || e.Kind == lifecycle.EntryFiles
}

// unwanted reports whether an entry is not to be carried out any more.
func (k *keeper) unwanted(entry lifecycle.Entry) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch entry.Kind {
	case lifecycle.EntryLeave:
		return false
	case lifecycle.EntryHandoff: // opened by a webhook, given up, or refused
		return k.known && k.state.Desk.Opening != entry.Number
	default:
		return k.known && entry.Number <= k.state.Desk.Skip
	}
}

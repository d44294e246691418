package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// keepEntries is how much of a journal's end is kept in memory: enough for
// the history of a turn.
const keepEntries = 128

// keeper keeps one conversation: it takes its events in order, one commit at
// a time. Its goroutine exists only while there is mail.
type keeper struct {
	e  *Engine
	id bot.ConversationID

	mu      sync.Mutex
	mail    []*delivery
	running bool
	kept    []*delivery            // refused a moment ago; they come before the mail
	waits   bool                   // to try again after a refusal
	known   bool                   // state, cursors and tail are those of the store
	state   lifecycle.Conversation // as committed
	cursors Cursors
	tail    []lifecycle.Entry // the newest entries, as committed; added to, never changed
	desk    deskLane
	// observing: the bot is being told what goes on.
	observing bool

	// flight is the turn that the bot is at, or was last. Used by the
	// keeper's goroutine alone.
	flight *flight
	// rests: it could not be read, and that is in the log. Used by the
	// keeper's goroutine alone.
	rests bool
}

func newKeeper(e *Engine, id bot.ConversationID) *keeper {
	k := &keeper{e: e, id: id}
	k.desk.wake = make(chan struct{}, 1)
	return k
}

// put takes mail in and sees to it that somebody reads it. Events that were
// parked are older than what waits already.
func (k *keeper) put(ds []*delivery) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := len(k.mail)
	if len(ds) > 0 && ds[0].parked != 0 {
		at = 0
		for at < len(k.mail) && k.mail[at].parked != 0 {
			at++
		}
	}
	k.mail = slices.Insert(k.mail, at, ds...)
	if !k.running {
		k.running = true
		k.e.work.Go(k.run)
	}
}

// again posts deliveries from inside the host, which nobody else keeps.
func (k *keeper) again(ds ...*delivery) { k.e.loaded.post(k.id, ds...) }

func (k *keeper) run() {
	for {
		k.mu.Lock()
		batch := k.mail
		k.mail = nil
		if len(batch) == 0 {
			k.running = false
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		k.read(batch)
	}
}

// read handles mail, in order.
func (k *keeper) read(batch []*delivery) {
	for len(batch) > 0 {
		end := slices.IndexFunc(batch, func(d *delivery) bool { return d.erase != nil })
		if end < 0 {
			k.handle(batch)
			return
		}
		k.handle(batch[:end:end])
		batch[end].done <- receipt{err: k.erase(*batch[end].erase)}
		batch = batch[end+1:]
	}
}

// reading reports whether there is mail, or something kept.
func (k *keeper) reading() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.running || len(k.kept) > 0
}

// idle reports whether the conversation may be forgotten until its next event.
func (k *keeper) idle() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.running && len(k.kept) == 0 && !k.waits && !k.desk.running && !k.observing && len(k.state.Turns) == 0 && k.desk.last <= k.cursors.Desk
}

// snapshot is the conversation as committed, if it is known.
func (k *keeper) snapshot() (lifecycle.Conversation, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state, k.known && k.state.Number > 0
}

// recent are the committed entries after a number, if all of them are in
// memory.
func (k *keeper) recent(after int64, limit int) ([]lifecycle.Entry, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.known || len(k.tail) == 0 || k.tail[0].Number > after+1 {
		return nil, false
	}
	return between(k.tail, after+1, after+int64(limit)), true
}

// load reads the conversation from the store, unless it is known.
func (k *keeper) load() error {
	k.mu.Lock()
	known, first := k.known, k.state.Number == 0
	k.mu.Unlock()
	if known {
		return nil
	}
	ctx := k.e.ctx
	stored, err := k.e.cfg.Store.Load(ctx, k.id)
	if errors.Is(err, ErrNotFound) {
		k.mu.Lock()
		k.known = true
		k.mu.Unlock()
		return nil
	}
	if err != nil {
		return fmt.Errorf("load conversation: %w", err)
	}
	tail, err := k.e.cfg.Store.Last(ctx, k.id, 0, keepEntries)
	if err != nil {
		return fmt.Errorf("load journal: %w", err)
	}
	cursors := stored.Cursors
	if saved, ok := k.e.saver.latest(k.id); ok {
		cursors = saved
	}
	last, err := k.lastForDesk(ctx, cursors.Desk, tail)
	if err != nil {
		return err
	}
	c := stored.Conversation
	k.mu.Lock()
	if first { // else the lane knows better than the store how far it is
		k.cursors = cursors
		k.desk.doubt = last
	}
	bound := !first && c.Desk.Ticket != k.state.Desk.Ticket // by a commit that was in doubt
	k.known, k.state, k.tail = true, c, tail
	k.desk.last = last
	k.mu.Unlock()
	if bound {
		k.e.unpark(k.id, Ticket{k.e.settings().Channels[c.Channel].Desk, c.Desk.Ticket})
	}
	return nil
}

// lastForDesk is the number of the newest entry that is addressed to the desk
// and behind the cursor; 0: there is none.
func (k *keeper) lastForDesk(ctx context.Context, cursor int64, tail []lifecycle.Entry) (int64, error) {
	if len(tail) > 0 && tail[0].Number > cursor+1 {
		more, err := k.e.cfg.Store.Entries(ctx, k.id, cursor, int(tail[0].Number-cursor))
		if err != nil {
			return 0, fmt.Errorf("load journal: %w", err)
		}
		tail = append(more, tail...)
	}
	for _, entry := range slices.Backward(tail) {
		if entry.Number > cursor && entry.To.Has(lifecycle.ToDesk) {
			return entry.Number, nil
		}
	}
	return 0, nil
}

// channel is the configuration of the conversation's channel.
func (k *keeper) channel(c lifecycle.Conversation, ev lifecycle.Event) (lifecycle.Channel, error) {
	name := c.Channel
	if name == "" {
		name = ev.Channel
	}
	ch, ok := k.e.settings().Channels[name]
	if !ok {
		return ch, fmt.Errorf("%w: %q", ErrUnknownChannel, name)
	}
	return ch, nil
}

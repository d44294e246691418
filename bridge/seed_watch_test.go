package bridge_test

import (
	"sync"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// seedWatch is what has been seen of each conversation: nothing of it may
// change later, whatever happens to the host.
type seedWatch struct {
	mu   sync.Mutex
	seen map[bot.ConversationID]seenEntry
}

// seenEntry is the newest entry that was seen.
type seenEntry struct {
	number, epoch int64
	holder        lifecycle.Holder
}

func newSeedWatch() *seedWatch { return &seedWatch{seen: map[bot.ConversationID]seenEntry{}} }

// step checks what must hold after each event that was acknowledged: the
// journal goes on where it was, the epoch counts the changes of holder, and
// only the one who holds is heard.
func (w *seedWorld) step(ev lifecycle.Event) {
	w.mu.Lock()
	h := w.host
	w.mu.Unlock()
	id := ev.Conversation
	if id == "" {
		if id = bot.ConversationID("8x8~" + ev.Desk + "~" + ev.Ticket); ev.Channel == "web" {
			id = w.centre.conversation(ev.Ticket)
		}
	}
	if h == nil || id == "" {
		return
	}
	w.watch.mu.Lock()
	defer w.watch.mu.Unlock()
	before := w.watch.seen[id]
	entries, err := h.engine.Entries(w.ctx, id, before.number, 1000)
	if err != nil || h.dead.Load() {
		return // it has just been killed
	}
	for _, e := range entries {
		w.follows(id, before, e)
		before = seenEntry{e.Number, e.Epoch, e.Holder}
	}
	w.watch.seen[id] = before
}

// follows checks one entry against the one before it.
func (w *seedWorld) follows(id bot.ConversationID, before seenEntry, e lifecycle.Entry) {
	if e.Number != before.number+1 {
		w.t.Errorf("%s: entry %d follows entry %d", id, e.Number, before.number)
	}
	if e.Epoch < before.epoch || e.Epoch == before.epoch && before.number > 0 && e.Holder != before.holder {
		w.t.Errorf("%s: entry %d is of %s, epoch %d, after %s, epoch %d", id, e.Number, e.Holder, e.Epoch, before.holder, before.epoch)
	}
	if e.Kind == lifecycle.EntrySaid && e.Author == bot.AuthorBot && e.Holder != lifecycle.Bot {
		w.t.Errorf("%s: the bot says entry %d, held by %s", id, e.Number, e.Holder)
	}
	if e.Said() && e.Author == bot.AuthorCustomer && e.To == 0 {
		w.t.Errorf("%s: entry %d is the customer's, and for nobody", id, e.Number)
	}
}

// conversation is the one that a ticket was opened for; empty: none.
func (c *seedCentre) conversation(ticket string) bot.ConversationID {
	c.mu.Lock()
	defer c.mu.Unlock()
	if found := c.find(ticket); found != nil {
		return found.marker.Conversation
	}
	return ""
}

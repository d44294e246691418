package bridge

import (
	"context"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// observeWithin bounds one call to an observer.
const observeWithin = 5 * time.Second

// observeLane tells the bot what goes on while it does not hold the
// conversation: in order, many at a time, best effort. What fails is not
// repeated.
func (k *keeper) observeLane(ch lifecycle.Channel) {
	found, _ := k.e.cfg.Bots.Bot(ch.Bot)
	observer, ok := found.(bot.Observer)
	k.mu.Lock()
	defer k.mu.Unlock()
	if !ok {
		k.cursors.Observe = k.state.Number
		return
	}
	if !k.observing && len(k.unobserved()) > 0 {
		k.observing = true
		k.e.work.Go(func() { k.runObserve(observer) })
	}
}

// unobserved are the observations behind the cursor; without any the cursor
// is at the journal's end. What is not in memory any more is passed over. The
// caller holds the mutex.
func (k *keeper) unobserved() []bot.Observation {
	var all []bot.Observation
	fresh := between(k.tail, k.cursors.Observe+1, k.state.Number)
	for i := range fresh {
		if o, ok := observationOf(&fresh[i]); ok {
			all = append(all, o)
		}
	}
	if len(all) == 0 {
		k.cursors.Observe = k.state.Number
	}
	return all
}

func (k *keeper) runObserve(observer bot.Observer) {
	for {
		k.mu.Lock()
		batch := k.unobserved()
		if len(batch) == 0 || k.e.ctx.Err() != nil {
			k.observing = false
			k.mu.Unlock()
			return
		}
		k.cursors.Observe = batch[len(batch)-1].Number
		k.e.saver.save(k.id, k.cursors)
		observed := &bot.Observed{Conversation: k.id, Channel: k.state.Channel, Observations: batch}
		k.mu.Unlock()
		ctx, cancel := context.WithTimeout(k.e.ctx, observeWithin)
		if err := observer.Observe(ctx, observed); err != nil {
			k.e.log.Debug("observe", "conversation", k.id, "err", err)
		}
		cancel()
	}
}

// observationOf is what an observer is told of an entry.
func observationOf(e *lifecycle.Entry) (bot.Observation, bool) {
	o := bot.Observation{Number: e.Number, At: e.At}
	switch {
	case !e.To.Has(lifecycle.ToObserver):
		return o, false
	case e.Said():
		o.Said = &bot.HistoryMessage{Author: e.Author, Name: e.Name, Text: textOf(e), At: e.At}
	case e.Kind == lifecycle.EntryQueued:
		o.Queued = e.Detail
	case e.Kind == lifecycle.EntryJoined:
		o.AgentJoined = &bot.Agent{ID: e.AuthorID, Name: e.Name}
	case e.Kind == lifecycle.EntryAgentLeft:
		o.AgentLeft = &bot.Agent{ID: e.AuthorID, Name: e.Name}
	case e.Kind == lifecycle.EntryTransferred:
		o.Transferred = true
	default:
		return o, false
	}
	return o, true
}

package bridge

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

const (
	// steadyFor is how long a bot must have been ready before conversations
	// return to it: one that falls again at once gets none.
	steadyFor = 10 * time.Second
	// failbackEvery is how often bots are looked at, and failbackAtOnce how
	// many conversations return to one then: all at once might be what it
	// falls over.
	failbackEvery  = time.Second
	failbackAtOnce = 100
	// failbackPage is how many of a channel's waiting conversations are read
	// at once to find them.
	failbackPage = 1000
)

// failback undoes failovers to the queue when the bot is back, until ctx is
// done or no turn begins any more. When no conversation is left to return, the
// channel is not looked at again before its bot has been down once more.
func (e *Engine) failback(ctx context.Context) {
	settled := map[string]time.Time{} // by channel: since when the bot had been ready
	for e.rest(ctx, failbackEvery) && e.turns.isOpen() {
		for name, ch := range e.settings().Channels {
			since := e.cfg.ReadySince(ch.Bot)
			if !ch.Failback || since.IsZero() || e.clock.Now().Sub(since) < steadyFor || settled[name].Equal(since) {
				continue
			}
			left, err := e.failBack(ctx, ch, since)
			if err != nil && ctx.Err() == nil {
				e.log.Error("look for conversations to return to their bot", "channel", name, "bot", ch.Bot, "err", err)
			}
			if err == nil && left == 0 {
				settled[name] = since
			}
		}
	}
}

// failBack returns conversations of a channel to its bot, those first that
// have waited longest. It answers how many there were to return.
func (e *Engine) failBack(ctx context.Context, ch lifecycle.Channel, since time.Time) (int, error) {
	list, err := e.whoFailBack(ctx, ch, since)
	if err != nil {
		return 0, err
	}
	slices.SortFunc(list, func(a, b lifecycle.Conversation) int {
		return cmp.Or(a.Session.HandedOffAt.Compare(b.Session.HandedOffAt), cmp.Compare(a.ID, b.ID))
	})
	list = list[:min(len(list), failbackAtOnce)]
	if len(list) > 0 {
		e.log.Info("the bot is back: who waits because it had failed returns to it",
			"channel", ch.Name, "bot", ch.Bot, "conversations", len(list))
	}
	var all sync.WaitGroup
	for _, c := range list {
		all.Go(func() {
			// One that is not durable is found again the next time.
			_, err := e.deliver(ctx, c.ID, lifecycle.Event{
				Kind: lifecycle.EventBotReady, Bot: ch.Bot, Since: since, At: e.now(),
			})
			if err != nil && ctx.Err() == nil {
				e.log.Warn("return to the bot", "conversation", c.ID, "err", err)
			}
		})
	}
	all.Wait()
	return len(list), nil
}

// whoFailBack finds the conversations of a channel that return to its bot.
func (e *Engine) whoFailBack(ctx context.Context, ch lifecycle.Channel, since time.Time) ([]lifecycle.Conversation, error) {
	var found []lifecycle.Conversation
	for skip := 0; ; skip += failbackPage {
		page, err := e.cfg.Store.List(ctx, Filter{Holder: lifecycle.Queue, Channel: ch.Name, Skip: skip, Limit: failbackPage})
		if err != nil {
			return nil, err
		}
		for _, c := range page {
			if c.FailsBack(ch, since) {
				found = append(found, c)
			}
		}
		if len(page) < failbackPage {
			return found, nil
		}
	}
}

// rest waits for d. False: ctx is done first.
func (e *Engine) rest(ctx context.Context, d time.Duration) bool {
	over := make(chan struct{})
	stop := e.clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}

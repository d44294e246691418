package supervisor

import (
	"context"
	"fmt"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// handle is a bot that outlives its processes. Each call goes to one of them
// from beginning to end.
type handle struct {
	s    *Supervisor
	name string
}

var (
	_ bot.Bot      = handle{}
	_ bot.Observer = handle{}
)

// Turn puts a turn to the bot's process, waiting for one if need be. Errors:
// as the bot's client makes them; an [*ExitError] if the process ended
// meanwhile; and [bot.Permanent] if the bot has failed.
func (h handle) Turn(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	one, ctx, cancel, err := h.acquire(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return one.turn(ctx, t, reply)
}

// Observe tells the bot's process what went on, waiting for one if need be.
func (h handle) Observe(ctx context.Context, o *bot.Observed) error {
	one, ctx, cancel, err := h.acquire(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	return one.observe(ctx, o)
}

// acquire waits for an instance and enters it; ctx gets a deadline if it has
// none. If the bot is changed meanwhile, the call goes to the new one.
func (h handle) acquire(ctx context.Context) (instance, context.Context, context.CancelFunc, error) {
	k := h.s.keeper(h.name)
	if k == nil {
		return nil, nil, nil, fmt.Errorf("bot %s is not configured any more", h.name)
	}
	cancel := func() {}
	if _, ok := ctx.Deadline(); !ok {
		ctx, cancel = context.WithTimeout(ctx, k.config.TurnDeadline)
	}
	for {
		one, err := k.acquire(ctx)
		if err == nil {
			return one, ctx, cancel, nil
		}
		before := k
		if k = h.s.keeper(h.name); k == nil || k == before || ctx.Err() != nil {
			cancel()
			return nil, nil, nil, err
		}
	}
}

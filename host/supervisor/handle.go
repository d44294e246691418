package supervisor

import (
	"context"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// handle is a bot that outlives its processes. Each call goes to one of them
// from beginning to end.
type handle struct{ keeper *keeper }

var (
	_ bot.Bot      = handle{}
	_ bot.Observer = handle{}
)

// Turn puts a turn to the bot's process, waiting for one if need be. Errors:
// as the bot's client makes them; an [*ExitError] if the process ended
// meanwhile; and [bot.Permanent] if the bot has failed.
func (h handle) Turn(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	ctx, cancel := h.limit(ctx)
	defer cancel()
	one, err := h.keeper.acquire(ctx)
	if err != nil {
		return err
	}
	return one.turn(ctx, t, reply)
}

// Observe tells the bot's process what went on, waiting for one if need be.
func (h handle) Observe(ctx context.Context, o *bot.Observed) error {
	ctx, cancel := h.limit(ctx)
	defer cancel()
	one, err := h.keeper.acquire(ctx)
	if err != nil {
		return err
	}
	return one.observe(ctx, o)
}

// limit gives ctx a deadline if it has none.
func (h handle) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, h.keeper.config.TurnDeadline)
}

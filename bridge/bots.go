package bridge

import "github.com/patchbay-host/patchbay/plugins/bot"

// Bots finds bots by their name in the configuration.
type Bots interface {
	// Bot finds a bot. A turn put to it waits, within its context, until the
	// bot can take it; a bot that has failed for good answers at once with
	// [bot.Permanent]. It may also be a [bot.Observer].
	Bot(name string) (bot.Bot, bool)
}

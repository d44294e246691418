// Echobot is the smallest useful Patchbay bot: it says what it hears, and hands
// off when it is asked for an agent.
package main

import (
	"context"
	"strings"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func main() { bot.Serve(bot.Func(echo)) }

func echo(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	switch text := t.Text(); {
	case strings.EqualFold(text, "agent"):
		return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
	case text != "":
		return reply.Say("You said: " + text)
	}
	return nil
}

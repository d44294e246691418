package host_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// newBlabber is a bot that repeats its secret wherever it should not: in its
// log, on both outputs, in errors and panics. To customers it is well-behaved.
func newBlabber(s bot.Settings) (bot.Bot, error) {
	secret := s.Secrets["crm_token"]
	if secret == "" {
		return nil, s.Errorf("", "needs the secret crm_token")
	}
	broken := errors.New("the CRM answers 401 to Bearer " + secret)
	return seesFiles(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
		slog.Info("asking the CRM", "authorization", "Bearer "+secret, "attempt", t.Attempt)
		fmt.Println("GET /customers?token=" + secret)
		fmt.Fprintln(os.Stderr, "panic: not really, "+secret)
		switch {
		case t.HandoffOutcome != nil, t.AgentSessionEnded != nil, t.CustomerLeft:
			return reply.Say(textOfBot)
		case t.Text() == textToBreak:
			return broken
		case t.Text() == textToPanic && t.Attempt == 1:
			panic(broken)
		case t.Text() == textForAgent:
			return reply.Handoff(bot.Handoff{Reason: textOfBot, Summary: textOfBot, Properties: map[string]string{"said": textOfBot}})
		}
		return reply.Say(textOfBot)
	}), nil
}

// What is said in TestNothingLeaks.
const (
	textOfCustomer = "heron-4411-said-by-customer"
	textOfBot      = "heron-4412-said-by-bot"
	textOfAgent    = "heron-4413-said-by-agent"
	textToBreak    = "heron-4414-said-to-break-it"
	textToPanic    = "heron-4415-said-to-let-it-panic"
	textForAgent   = "heron-4416-said-for-an-agent"
	textOfFile     = "heron-4417-in-a-file"
	nameOfFile     = "heron-4418-name-of-a-file.txt"
	textOfCard     = "heron-4419-pressed-on-a-card"
	textOfForger   = "heron-4420-said-by-a-forger"
)

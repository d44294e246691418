package bridge_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestSurveyBot: after the agents another bot asks the customer how they were. It
// has a state of its own, and so has the channel's bot when the customer returns.
func TestSurveyBot(t *testing.T) {
	inWorld(t, bot.Func(func(_ context.Context, turn *bot.Turn, reply *bot.Reply) error {
		if len(turn.State) > 0 {
			return reply.Say("I know that you " + string(turn.State))
		}
		reply.SetState([]byte("asked for a person"))
		return reply.Handoff(bot.Handoff{})
	}), func(w *world) {
		w.bots["survey"] = bot.Func(func(_ context.Context, turn *bot.Turn, reply *bot.Reply) error {
			switch {
			case turn.AgentSessionEnded == nil:
				return reply.End(bot.End{})
			case len(turn.State) > 0:
				return reply.Say("You know me: " + string(turn.State))
			}
			reply.SetState([]byte("asked before"))
			return reply.Say("How was it?")
		})
		w.channel.SurveyBot, w.channel.SurveyDeadline, w.channel.OnReturn = "survey", time.Second, lifecycle.Bot
		w.restart()
		w.withAgent(0)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.says("fine")
		w.heldBy(lifecycle.Nobody)
		w.says("me again")
		w.restart()
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		want := []string{
			"<requested>", "<joined>", "<agent_left>", "<completed>", "How was it?", "I know that you asked for a person",
			"<joined>", "<agent_left>", "<completed>", "You know me: asked before",
		}
		if diff := cmp.Diff(want, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

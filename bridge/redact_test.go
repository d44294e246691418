package bridge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// careless is echo with a summary that repeats what it was told.
var careless = bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	if strings.Contains(t.Text(), "person") {
		return reply.Handoff(bot.Handoff{
			Reason: "has 4711", Summary: "wants to pay with 4711", Properties: map[string]string{"card": "4711"},
		})
	}
	return echo(ctx, t, reply)
})

// TestRedactedHistory: agents read no number in the history, in its reason and
// summary, and in what was said since they were last there; the bot and its
// properties have it, and so has what an agent is told while there.
func TestRedactedHistory(t *testing.T) {
	inWorld(t, careless, func(w *world) {
		w.stop()
		w.redact = func(text string) string { return strings.ReplaceAll(text, "4711", "[card]") }
		w.start()
		w.says("pay with 4711")
		w.pass(time.Second)
		w.desk.fault(fault{call: "open", done: true, err: broken}) // and read back
		w.says("a person for 4711")
		w.pass(time.Minute)
		o := w.desk.opened[0]
		var history []string
		for _, said := range o.History {
			history = append(history, string(said.Author)+": "+said.Text)
		}
		want := []string{"customer: pay with [card]", "bot: You said: pay with [card]", "customer: a person for [card]"}
		if diff := cmp.Diff(want, history); diff != "" {
			t.Errorf("the history: -want +got\n%s", diff)
		}
		properties := []bridge.Property{{"reason", "has [card]"}, {"summary", "wants to pay with [card]"}, {"card", "4711"}}
		if diff := cmp.Diff(properties, o.Properties); diff != "" || len(w.desk.opened) != 1 {
			t.Errorf("properties of %d tickets: -want +got\n%s", len(w.desk.opened), diff)
		}
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.desk.fault(fault{call: "send", done: true, err: broken}) // and read back
		w.says("my card is 4711")
		w.pass(time.Minute)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.says("bye 4711")
		w.pass(time.Minute)
		w.desk.fault(fault{call: "send", done: true, err: broken})
		w.says("4711 again")
		w.pass(time.Minute)
		want = append(want, "customer: my card is 4711", "bot: Said since:\nBot: 1 agents, 0 waiting\nCustomer: bye [card]", "customer: 4711 again")
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agent sees: -want +got\n%s", diff)
		}
		if sees := strings.Join(w.customerSees(), " "); strings.Contains(sees, "[card]") {
			t.Errorf("the customer sees %s", sees)
		}
	})
}

package bridge_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestDeskLineSignals: on a line of the desk's own the customer sees that the
// bot has read and is at work.
func TestDeskLineSignals(t *testing.T) {
	busy := bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
		if err := reply.Type(bot.Typing{For: 5 * time.Second, Thinking: true}); err != nil {
			return err
		}
		return reply.Say("done")
	})
	for _, can := range []bool{true, false} {
		onDeskLine(t, busy, func(w *world, event func(lifecycle.EventKind, string)) {
			w.channel.LineCan.Typing = can
			w.restart()
			said := time.Now().UTC()
			event(lifecycle.EventSaid, "hi")
			var want []bridge.Signal
			if can {
				want = []bridge.Signal{
					{Author: bot.AuthorBot, ReadAt: said},
					{Author: bot.AuthorBot, Typing: &bot.Typing{For: 5 * time.Second, Thinking: true}},
				}
			}
			slices.SortFunc(w.desk.signals, func(a, b bridge.Signal) int { return b.ReadAt.Compare(a.ReadAt) })
			if diff := cmp.Diff(want, w.desk.signals); diff != "" {
				t.Errorf("shown, line can %t (-want +got):\n%s", can, diff)
			}
		})
	}
}

// TestBotIsToldOfRefusedWords: the desk refuses what the bot says on a line of
// its own; the bot learns it with its next turn, and only then.
func TestBotIsToldOfRefusedWords(t *testing.T) {
	var told [][]bot.Delivery
	listening := bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
		told = append(told, t.Deliveries)
		return reply.Say("hello")
	})
	onDeskLine(t, listening, func(w *world, event func(lifecycle.EventKind, string)) {
		w.desk.fault(fault{call: "send", err: no})
		for range 3 {
			event(lifecycle.EventSaid, "hi")
		}
		if len(told) != 3 || told[0] != nil || len(told[1]) != 1 || len(told[2]) != 0 {
			t.Fatalf("told %v", told)
		}
		if got := told[1][0]; got.Result != bot.DeliveryUndeliverable || got.Seq != 1 || got.Turn == "" {
			t.Errorf("told %+v", got)
		}
	})
}

// TestAssignedToScript: the answer to an assignment is lost, and the ticket
// turns out to be with the script that was wanted.
func TestAssignedToScript(t *testing.T) {
	onDeskLine(t, echo, func(w *world, event func(lifecycle.EventKind, string)) {
		w.channel.Targets = map[string]lifecycle.Target{"default": {Script: "7"}}
		w.restart()
		w.desk.fault(fault{call: "assign", done: true, err: &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: no}})
		event(lifecycle.EventSaid, "a person please")
		w.pass(time.Minute)
		if n := count(w.desk.calls, "assign"); n != 1 || w.desk.script != "7" {
			t.Errorf("assigned %d times, to script %q", n, w.desk.script)
		}
	})
}

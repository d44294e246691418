package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestEcho(t *testing.T) {
	for name, c := range map[string]struct {
		turn bot.Turn
		want []bot.Event
	}{
		"echoes": {
			bot.Turn{Messages: []bot.Message{{Text: "one"}, {Text: "two"}}},
			[]bot.Event{{Seq: 1, Message: &bot.Message{Text: "You said: one\ntwo"}}, {Seq: 2, Done: &bot.Done{}}},
		},
		"hands off": {
			bot.Turn{Messages: []bot.Message{{Text: "Agent"}}},
			[]bot.Event{{Seq: 1, Done: &bot.Done{Handoff: &bot.Handoff{Reason: "asked for a person"}}}},
		},
		"has nothing to say to a start": {
			bot.Turn{Started: true},
			[]bot.Event{{Seq: 1, Done: &bot.Done{}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []bot.Event
			err := bot.Run(t.Context(), bot.Func(echo), &c.turn, func(e bot.Event) error {
				got = append(got, e)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

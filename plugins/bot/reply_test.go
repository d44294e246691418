package bot_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestReplyFromSeveralGoroutines: whatever they do, and whether the turn is
// over meanwhile or not, the host sees one event after the other, and nothing
// after the last.
func TestReplyFromSeveralGoroutines(t *testing.T) {
	for name, wait := range map[string]bool{"in the turn": true, "past its end": false} {
		t.Run(name, func(t *testing.T) {
			var all sync.WaitGroup
			b := bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
				for range 10 {
					all.Go(func() {
						_ = reply.Say("a")
						_ = reply.Type(bot.Typing{})
						reply.SetState([]byte("s"))
						reply.SetProperty("p", "v")
						reply.SetTimer("t", time.Minute)
						_ = reply.End(bot.End{})
						_ = reply.Handoff(bot.Handoff{})
					})
				}
				if wait {
					all.Wait()
				}
				return nil
			})
			got := events(t, t.Context(), pair(t, b), &bot.Turn{ID: "t"})
			all.Wait()
			for i, e := range got {
				if e.Seq != i+1 || e.Terminal() != (i == len(got)-1) {
					t.Errorf("event %d is %+v", i+1, e)
				}
			}
			last := got[len(got)-1]
			if last.Done == nil {
				t.Fatalf("ended with %+v", last.Fail)
			}
			want := &bot.Done{State: []byte("s"), Properties: map[string]string{"p": "v"}, Handoff: &bot.Handoff{}}
			for range 10 {
				want.Timers = append(want.Timers, bot.Timer{Name: "t", After: time.Minute})
			}
			if diff := cmp.Diff(want, last.Done); wait && diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReplyAfterTheTurn(t *testing.T) {
	var kept *bot.Reply
	got := events(t, t.Context(), bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
		kept = reply
		reply.SetProperty("p", "v")
		return nil
	}), &bot.Turn{ID: "t"})
	for name, err := range map[string]error{
		"say":      kept.Say("late"),
		"too long": kept.Say(strings.Repeat("a", 16<<10+1)),
		"type":     kept.Type(bot.Typing{}),
		"handoff":  kept.Handoff(bot.Handoff{}),
		"end":      kept.End(bot.End{}),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "the turn is over: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	kept.SetState(nil)
	kept.SetProperty("p", "other")
	kept.SetTimer("t", time.Minute)
	want := []bot.Event{{Seq: 1, Done: &bot.Done{Properties: map[string]string{"p": "v"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is set late changes what was answered:\n%s", diff)
	}
}

// TestEventsOfATurn: a bot in-process is held to the same number as one behind
// the wire, and 999 events leave room for the last one.
func TestEventsOfATurn(t *testing.T) {
	for typing, want := range map[int]string{999: "", 1000: "the bot broke the contract: more than 1000 events in a turn"} {
		b := bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
			for range typing {
				if err := reply.Type(bot.Typing{}); err != nil {
					return err
				}
			}
			return nil
		})
		for name, b := range map[string]bot.Bot{"in-process": b, "over the wire": pair(t, b)} {
			got := events(t, t.Context(), b, &bot.Turn{ID: "t"})
			last := got[len(got)-1]
			if last.Seq != 1000 || (last.Fail == nil) != (want == "") || last.Fail != nil && last.Fail.Reason != want {
				t.Errorf("%s, %d events: ended with %+v %+v", name, typing, last, last.Fail)
			}
		}
	}
}

package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestOverTheWireAsInProcess(t *testing.T) {
	for name, f := range map[string]bot.Func{
		"nothing to say": func(context.Context, *bot.Turn, *bot.Reply) error { return nil },
		"says, types and asks": func(_ context.Context, t *bot.Turn, r *bot.Reply) error {
			return errors.Join(r.Say("You said: "+t.Text()), r.Type(bot.Typing{For: time.Second, Thinking: true}), r.Ask("Well?", "Yes", "No"))
		},
		"cards and attachments": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			return r.Send(bot.Message{
				Cards:       []bot.Card{{ContentType: "application/x", Content: []byte(`{"a":1}`), Fallback: "a"}},
				Attachments: []bot.Attachment{{Name: "a.txt", ContentType: "text/plain", Data: []byte("hi")}, {URL: "https://example.com/b"}},
			})
		},
		"hands off": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			r.SetState([]byte(`{"n":1}`))
			r.SetProperty("topic", "billing")
			r.SetTimer("later", time.Minute)
			return r.Handoff(bot.Handoff{Target: "billing", Reason: "asked", Summary: "all", Properties: map[string]string{"a": "b"}})
		},
		"ends with an empty state": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			r.SetState(nil)
			return r.End(bot.End{Reason: "over"})
		},
		"fails":          func(context.Context, *bot.Turn, *bot.Reply) error { return errors.New("no\nluck") },
		"fails for good": func(context.Context, *bot.Turn, *bot.Reply) error { return bot.Permanent(errors.New("never")) },
		"wants another try": func(context.Context, *bot.Turn, *bot.Reply) error {
			return bot.RetryAfter(time.Minute, errors.New("busy"))
		},
		"panics after a word": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			_ = r.Say("well …")
			panic("oh")
		},
		"ignores a refusal": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			_ = r.Say(strings.Repeat("x", 16<<10+1))
			return nil
		},
		"says 51 things": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			for i := range 51 {
				if err := r.Say(fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		},
		"keeps too much": func(_ context.Context, _ *bot.Turn, r *bot.Reply) error {
			r.SetState(make([]byte, 64<<10+1))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			turn := &bot.Turn{ID: "t1", Attempt: 1, Messages: []bot.Message{{Text: "hello"}}}
			want := events(t, t.Context(), f, turn)
			if diff := cmp.Diff(want, events(t, t.Context(), pair(t, f), turn)); diff != "" {
				t.Errorf("differs (-in-process +wire):\n%s", diff)
			}
			if last := want[len(want)-1]; !last.Terminal() {
				t.Errorf("last event %+v is not terminal", last)
			}
		})
	}
}

func TestPanicBecomesFail(t *testing.T) {
	b := bot.Func(func(context.Context, *bot.Turn, *bot.Reply) error { panic("oh") })
	got := events(t, t.Context(), pair(t, b), &bot.Turn{ID: "t"})
	want := []bot.Event{{Seq: 1, Fail: &bot.Fail{Reason: "panic: oh", Retryable: true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestRetryAfterIsBounded: the customer waits for that long, and one that is
// behind us would leave the turn to nobody.
func TestRetryAfterIsBounded(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{
		-time.Second: 0, time.Minute: time.Minute, 24 * time.Hour: 10 * time.Minute,
	} {
		b := bot.Func(func(context.Context, *bot.Turn, *bot.Reply) error { return bot.RetryAfter(after, errors.New("busy")) })
		for name, b := range map[string]bot.Bot{"in-process": b, "over the wire": pair(t, b)} {
			if got := events(t, t.Context(), b, &bot.Turn{ID: "t"})[0].Fail; got.RetryAfter != want || !got.Retryable {
				t.Errorf("%s: %v became %+v", name, after, got)
			}
		}
	}
}

func TestEmitErrorCancelsTheCall(t *testing.T) {
	cancelled := make(chan error, 1)
	client := pair(t, bot.Func(func(ctx context.Context, _ *bot.Turn, r *bot.Reply) error {
		_ = r.Say("one")
		<-ctx.Done()
		cancelled <- ctx.Err()
		return ctx.Err()
	}))
	full := errors.New("nobody listens")
	err := bot.Run(t.Context(), client, &bot.Turn{ID: "t"}, func(bot.Event) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("Run = %v, want %v", err, full)
	}
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("the bot's context: %v", err)
	}
}

func TestCancellationReachesTheBot(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	client := pair(t, bot.Func(func(ctx context.Context, _ *bot.Turn, _ *bot.Reply) error {
		close(began)
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	}))
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("an agent joined")
	go func() {
		<-began
		cancel(gone)
	}()
	got := events(t, ctx, client, &bot.Turn{ID: "t"})
	if len(got) != 1 || got[0].Fail == nil || got[0].Fail.Reason != gone.Error() {
		t.Errorf("events = %+v, want a failure with the cause", got)
	}
	<-ended
}

func TestDeadlineCrossesTheWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := make(chan time.Time, 1)
		client := pair(t, bot.Func(func(ctx context.Context, turn *bot.Turn, _ *bot.Reply) error {
			deadline, _ := ctx.Deadline()
			seen <- deadline
			<-ctx.Done()
			return ctx.Err()
		}))
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		got := events(t, ctx, client, &bot.Turn{ID: "t", Deadline: begin.Add(5 * time.Second)})
		if waited := time.Since(begin); waited < 4*time.Second || waited > 6*time.Second {
			t.Errorf("the turn took %v", waited)
		}
		if left := (<-seen).Sub(begin); left < 4*time.Second || left > 6*time.Second {
			t.Errorf("the bot saw a deadline in %v", left)
		}
		if fail := got[0].Fail; fail == nil || !fail.Retryable || !strings.Contains(fail.Reason, "deadline") {
			t.Errorf("failed with %+v, want a retryable failure", fail)
		}
	})
}

type watcher struct {
	bot.Func
	seen    chan *bot.Observed
	drained chan struct{}
}

func (w watcher) Observe(_ context.Context, o *bot.Observed) error {
	w.seen <- o
	if o.Channel == "bad" {
		return bot.RetryAfter(time.Second, errors.New("busy"))
	}
	return nil
}

func (w watcher) Drain(context.Context) error {
	close(w.drained)
	return errors.New("half done")
}

func TestObserveAndDrain(t *testing.T) {
	w := watcher{seen: make(chan *bot.Observed, 2), drained: make(chan struct{})}
	client := pair(t, w)
	o := &bot.Observed{Conversation: "c", Channel: "web", Observations: []bot.Observation{{Number: 3, Queued: "101"}}}
	if err := client.Observe(t.Context(), o); err != nil {
		t.Errorf("observe: %v", err)
	}
	if diff := cmp.Diff(o, <-w.seen); diff != "" {
		t.Error(diff)
	}
	err := client.Observe(t.Context(), &bot.Observed{Channel: "bad"})
	if fail := failed(t, err); fail.RetryAfter != time.Second {
		t.Errorf("a busy observer: %+v", fail)
	}
	if err := client.Drain(t.Context()); err == nil || !strings.Contains(err.Error(), "half done") {
		t.Errorf("drain: %v", err)
	}
	<-w.drained
}

func TestBotThatNeitherObservesNorDrains(t *testing.T) {
	client := pair(t, bot.Func(nil))
	if err := errors.Join(client.Observe(t.Context(), &bot.Observed{}), client.Drain(t.Context())); err != nil {
		t.Error(err)
	}
}

// failed is what err means as the failure of a turn.
func failed(t testing.TB, err error) bot.Fail {
	t.Helper()
	got := events(t, t.Context(), bot.Func(func(context.Context, *bot.Turn, *bot.Reply) error { return err }), &bot.Turn{})
	if got[0].Fail == nil {
		t.Fatalf("%v is no failure", err)
	}
	return *got[0].Fail
}

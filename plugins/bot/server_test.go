package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/plugins/bot"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// greeter is a bot with settings.
type greeter struct {
	Greeting string `json:"greeting"`
	Times    int    `json:"times"`
}

func (g greeter) Turn(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
	return reply.Say(g.Greeting)
}

func newGreeter(s bot.Settings) (bot.Bot, error) {
	var g greeter
	if err := s.Decode(&g); err != nil {
		return nil, err
	}
	var wrong []error
	if g.Greeting == "" {
		wrong = append(wrong, s.Errorf("greeting", "is missing"))
	}
	if g.Times < 0 {
		wrong = append(wrong, fmt.Errorf("check: %w", s.Errorf("times", "is %d, and must not be negative", g.Times)))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return g, nil
}

func serve(t testing.TB, f bot.Factory) *bot.Client {
	t.Helper()
	return dial(t, func(s *grpc.Server) {
		bot.NewServer(bot.Description{Name: "greeter", Version: "1.2", StateSchema: 3, Turns: 4, History: 5, Capabilities: []string{"observe"}}, f).Register(s)
	})
}

func TestDescribe(t *testing.T) {
	got, err := serve(t, newGreeter).Describe(t.Context(), "0.1")
	if err != nil {
		t.Fatal(err)
	}
	want := bot.Description{Name: "greeter", Version: "1.2", StateSchema: 3, Turns: 4, History: 5, Capabilities: []string{"observe"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConfigureRefusesWithKeys(t *testing.T) {
	for name, c := range map[string]struct {
		values map[string]any
		want   bot.SettingErrors
	}{
		"all at once": {map[string]any{"times": -1},
			bot.SettingErrors{{Key: "greeting", Problem: "is missing"}, {Key: "times", Problem: "is -1, and must not be negative"}}},
		"wrong type": {map[string]any{"times": "often"},
			bot.SettingErrors{{Key: "times", Problem: "is text, and must be a whole number"}}},
		"unknown key": {map[string]any{"greting": "Hi"},
			bot.SettingErrors{{Key: "greting", Problem: "is not a setting of this bot"}}},
	} {
		t.Run(name, func(t *testing.T) {
			client := serve(t, newGreeter)
			err := client.Configure(t.Context(), bot.Settings{Values: c.values}, false)
			wrong, ok := errors.AsType[bot.SettingErrors](err)
			if !ok {
				t.Fatalf("err = %v, want SettingErrors", err)
			}
			if diff := cmp.Diff(c.want, wrong); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfigureCarriesTheSettings(t *testing.T) {
	want := bot.Settings{
		Bot: "faq", Secrets: map[string]string{"key": "s3cret"}, BaseDir: "/etc/patchbay",
		Values: map[string]any{"list": []any{"a", 1.5, true, nil}, "map": map[string]any{"x": "y"}},
	}
	var got bot.Settings
	client := serve(t, func(s bot.Settings) (bot.Bot, error) {
		got = s
		return greeter{}, nil
	})
	if err := client.Configure(t.Context(), want, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConfigureAgain(t *testing.T) {
	client := serve(t, newGreeter)
	says := func() string {
		t.Helper()
		e := events(t, t.Context(), client, &bot.Turn{Started: true})[0]
		if e.Message == nil {
			return fmt.Sprintf("fail: %+v", e.Fail)
		}
		return e.Message.Text
	}
	configure := func(greeting string, validateOnly bool) {
		t.Helper()
		if err := client.Configure(t.Context(), bot.Settings{Values: map[string]any{"greeting": greeting}}, validateOnly); err != nil {
			t.Fatal(err)
		}
	}
	configure("Hello", true)
	if got, want := says(), "fail: &{Reason:the bot is not configured yet Retryable:false RetryAfter:0s}"; got != want {
		t.Errorf("validated only: %q, want %q", got, want)
	}
	configure("Hello", false)
	configure("Goodbye", true)
	if got := says(); got != "Hello" {
		t.Errorf("after another validation: %q", got)
	}
	configure("Moin", false)
	if got := says(); got != "Moin" {
		t.Errorf("after configuring again: %q", got)
	}
	if err := client.Configure(t.Context(), bot.Settings{}, false); err == nil {
		t.Error("no error without settings")
	}
	if got := says(); got != "Moin" {
		t.Errorf("after a refused configuration: %q", got)
	}
}

func TestFactoryErrors(t *testing.T) {
	for name, c := range map[string]struct {
		factory bot.Factory
		check   func(error) bool
	}{
		"plain error is about the whole": {
			func(bot.Settings) (bot.Bot, error) { return nil, errors.New("no file") },
			func(err error) bool {
				return cmp.Equal(err, bot.SettingErrors{{Problem: "no file"}})
			}},
		"panic": {
			func(bot.Settings) (bot.Bot, error) { panic("oh") },
			func(err error) bool { return failed(t, err).Retryable }},
		"no bot": {
			func(bot.Settings) (bot.Bot, error) { return nil, nil },
			func(err error) bool { return err != nil }},
		"later": {
			func(bot.Settings) (bot.Bot, error) {
				return nil, bot.RetryAfter(time.Minute, errors.New("no database"))
			},
			func(err error) bool { return failed(t, err).RetryAfter == time.Minute }},
		"later, whatever a service of its own answered": {
			func(bot.Settings) (bot.Bot, error) {
				return nil, bot.RetryAfter(time.Minute, status.Error(codes.NotFound, "no index yet"))
			},
			func(err error) bool { return failed(t, err).RetryAfter == time.Minute }},
		"never, whatever a service of its own answered": {
			func(bot.Settings) (bot.Bot, error) {
				return nil, bot.Permanent(status.Error(codes.Unavailable, "switched off"))
			},
			func(err error) bool { return !failed(t, err).Retryable }},
		"never": {
			func(bot.Settings) (bot.Bot, error) { return nil, bot.Permanent(errors.New("licence expired")) },
			func(err error) bool { return !failed(t, err).Retryable }},
	} {
		t.Run(name, func(t *testing.T) {
			if err := serve(t, c.factory).Configure(t.Context(), bot.Settings{}, false); !c.check(err) {
				t.Errorf("err = %#v", err)
			}
		})
	}
}

func TestWhatFactoriesQuoteCrossesTheWire(t *testing.T) {
	var many bot.SettingErrors
	for range 20_000 {
		many = append(many, bot.SettingError{Key: "lines", Problem: strings.Repeat("x", 300)})
	}
	told := append(bot.SettingErrors{}, many[:100]...)
	for name, c := range map[string]struct {
		err  error
		want bot.SettingErrors
	}{
		"no UTF-8":      {bot.SettingErrors{{Key: "gr\xfc\xdfe", Problem: "is \"\xfc\""}}, bot.SettingErrors{{Key: "gre", Problem: `is ""`}}},
		"several lines": {errors.New("read a.json:\n  3 | {\n        ^"), bot.SettingErrors{{Problem: "read a.json:   3 | {         ^"}}},
		"far too long":  {errors.New(strings.Repeat("x", 5<<20)), bot.SettingErrors{{Problem: strings.Repeat("x", 4<<10-len("…")) + "…"}}},
		"far too many":  {many, append(told, bot.SettingError{Problem: "and 19900 more"})},
	} {
		t.Run(name, func(t *testing.T) {
			err := serve(t, func(bot.Settings) (bot.Bot, error) { return nil, c.err }).Configure(t.Context(), bot.Settings{}, false)
			got, _ := errors.AsType[bot.SettingErrors](err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%.200v: %s", err, diff)
			}
		})
	}
}

func TestObserveBeforeConfigure(t *testing.T) {
	if err := serve(t, newGreeter).Observe(t.Context(), &bot.Observed{}); err == nil {
		t.Error("no error")
	}
}

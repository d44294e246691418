package supervisor

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestRetell: what an error says is kept with the conversation, and may be shown
// to agents as the reason of a handoff. What the error means stays.
func TestRetell(t *testing.T) {
	g := &generation{ring: newRing(map[string]string{"token": "osprey-7714"})}
	err := g.retell(bot.RetryAfter(time.Minute, errors.New("401 for osprey-7714")))
	if err.Error() != "401 for [secret token]" {
		t.Errorf("it says %q", err)
	}
	var fail *bot.Fail
	fails := bot.Func(func(context.Context, *bot.Turn, *bot.Reply) error { return err })
	_ = bot.Run(t.Context(), fails, &bot.Turn{ID: "t"}, func(ev bot.Event) error {
		fail = ev.Fail
		return nil
	})
	if fail == nil || fail.RetryAfter != time.Minute || !fail.Retryable {
		t.Errorf("it means %+v", fail)
	}
	same := errors.New("401")
	if got := g.retell(same); !errors.Is(got, same) || got.Error() != "401" || g.retell(nil) != nil {
		t.Error("an error without a secret is another one now")
	}
}

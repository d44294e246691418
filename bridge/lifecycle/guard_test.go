package lifecycle

import (
	"fmt"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestLoopGuardCountsMinutes: two machines that talk to each other are noticed
// within a minute, however fast they are; a person is not one of them.
func TestLoopGuardCountsMinutes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		every time.Duration
		want  Holder
	}{
		{"two machines", 100 * time.Millisecond, Queue},
		{"just too fast", time.Second - 20*time.Millisecond, Queue},
		{"just not", time.Second + 20*time.Millisecond, Bot},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, at := Conversation{ID: "c1", Channel: "web"}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			for i := range 300 {
				at = at.Add(tt.every)
				c, _ = Step(testChannel(), c, Event{ID: fmt.Sprint(i), Kind: EventSaid, At: at, Message: &bot.Message{Text: "hi"}})
				if c.Holder != Bot {
					break
				}
				c = answer(c, at)
			}
			if c.Holder != tt.want {
				t.Errorf("held by %s (%s), want %s", c.Holder, c.Reason, tt.want)
			}
		})
	}
}

// TestLoopGuardLeavesTheTurnInFlight: what is too much is not put to the bot,
// and what it is at goes on.
func TestLoopGuardLeavesTheTurnInFlight(t *testing.T) {
	ch := testChannel()
	ch.OnFailure, ch.Debounce = Bot, time.Second
	c, at := Conversation{ID: "c1", Channel: "web"}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range maxTurnsPerMinute { // each is a turn of its own
		c, _ = Step(ch, c, Event{ID: fmt.Sprint(i), Kind: EventActed, At: at, Action: &bot.Action{Title: "Go"}})
	}
	for range maxTurnsPerMinute - 1 {
		c = answer(c, at)
	}
	before := c.Turns[0]
	c, entries := Step(ch, c, Event{ID: "last", Kind: EventSaid, At: at, Message: &bot.Message{Text: "hi"}})
	if len(entries) < 2 || entries[1].Kind != EntryFailed {
		t.Fatalf("the guard did not notice: %+v", entries)
	}
	if len(c.Turns) != 1 || c.Turns[0] != before || !c.Turns[0].Ready {
		t.Errorf("turns %+v, want %+v alone", c.Turns, before)
	}
}

// answer ends the turn in flight well.
func answer(c Conversation, at time.Time) Conversation {
	next, _ := Step(testChannel(), c, Event{
		Kind: EventBotDone, At: at, Turn: c.Turns[0].ID, Attempt: c.Turns[0].Attempt, Epoch: c.Epoch, Done: &bot.Done{},
	})
	return next
}

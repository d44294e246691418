package bridge_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestTurnOfATimer: what the customer said after the agent had left is given to
// the bot when a timer is due. The commit of that fails and the timer, which has
// no id, is stepped later: the bot must not have had it before.
func TestTurnOfATimer(t *testing.T) {
	var mu sync.Mutex
	var turns []string
	b := bot.Func(func(_ context.Context, turn *bot.Turn, reply *bot.Reply) error {
		mu.Lock()
		defer mu.Unlock()
		if s := turn.AgentSessionEnded; s != nil {
			for _, m := range s.Waiting {
				turns = append(turns, fmt.Sprintf("%s in %s", m.Text, turn.ID))
			}
			return reply.Say("What else?")
		}
		return reply.Handoff(bot.Handoff{})
	})
	inWorld(t, b, func(w *world) {
		w.says("a person please")
		w.ticket(lifecycle.EventQueued, "", "")
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.says("wait")
		w.pass(4 * time.Second)
		w.store.failSlowly(50 * time.Millisecond) // so that a bot may think meanwhile
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(turns)
		if len(slices.Compact(turns)) != 1 {
			t.Errorf("the bot was given %v", turns)
		}
	})
}

// TestEarlyBurst: a message that joins a burst is not put to the bot before it
// is kept. It would come again after a commit that fails, and then in a turn of
// its own.
func TestEarlyBurst(t *testing.T) {
	var mu sync.Mutex
	put := map[string][]bot.TurnID{}
	inWorld(t, bot.Func(func(_ context.Context, turn *bot.Turn, reply *bot.Reply) error {
		mu.Lock()
		for _, m := range turn.Messages {
			if !slices.Contains(put[m.Text], turn.ID) {
				put[m.Text] = append(put[m.Text], turn.ID)
			}
		}
		mu.Unlock()
		<-time.After(time.Second)
		return reply.Say("yes")
	}), func(w *world) {
		said := func(text string) error {
			_, err := w.engine.Receive(w.ctx, lifecycle.Event{ID: text, Kind: lifecycle.EventSaid,
				Conversation: "c1", Channel: "web", Message: &bot.Message{Text: text}})
			return err
		}
		w.says("first")
		w.says("second")
		w.pass(990 * time.Millisecond)
		var all sync.WaitGroup
		w.store.takes(50 * time.Millisecond)
		all.Go(func() { w.receive(lifecycle.Event{Kind: lifecycle.EventStarted, Conversation: "c1", Channel: "web"}) })
		<-time.After(time.Millisecond)
		all.Go(func() {
			for said("third") != nil { // as its sender does
				<-time.After(time.Second)
			}
		})
		<-time.After(40 * time.Millisecond) // the bot is done meanwhile
		w.store.failSlowly(50 * time.Millisecond)
		all.Wait()
		w.store.takes(0)
		w.pass(10 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		for _, text := range []string{"first", "second", "third"} {
			if len(put[text]) != 1 {
				t.Errorf("%q was put in the turns %v", text, put[text])
			}
		}
	})
}

// TestOldWordsComeAlone: a message from before the run that was cut off may have
// been put to the bot by it, however late the desk tells of it again.
func TestOldWordsComeAlone(t *testing.T) {
	var mu sync.Mutex
	var put []string
	slow := bot.Func(func(_ context.Context, turn *bot.Turn, _ *bot.Reply) error {
		mu.Lock()
		put = append(put, turn.Text())
		mu.Unlock()
		<-time.After(10 * time.Second)
		return nil
	})
	onDeskLine(t, slow, func(w *world, event func(lifecycle.EventKind, string)) {
		old := time.Now()
		w.restartCutOff()
		w.pass(time.Hour)
		event(lifecycle.EventSaid, "one")
		event(lifecycle.EventSaid, "two")
		w.receive(lifecycle.Event{
			Kind: lifecycle.EventSaid, Desk: "acme", Channel: "web", Ticket: "W1", DeskTime: old, Message: &bot.Message{Text: "old"},
		})
		event(lifecycle.EventSaid, "three")
		event(lifecycle.EventSaid, "four")
		w.pass(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"one", "two", "old", "three\nfour"}; !slices.Equal(put, want) {
			t.Errorf("put to the bot: %q, want %q", put, want)
		}
	})
}

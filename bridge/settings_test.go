package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// settings are those of the world, with the channels given.
func (w *world) settings(channels ...lifecycle.Channel) bridge.Settings {
	s := bridge.Settings{
		Desks: map[string]bridge.Desk{"acme": w.desk}, Lines: map[string]bridge.Line{"web": w.line},
		Channels: map[string]lifecycle.Channel{},
	}
	for _, ch := range channels {
		s.Channels[ch.Name] = ch
	}
	return s
}

func (w *world) configure(s bridge.Settings) {
	w.t.Helper()
	if err := w.engine.Configure(w.ctx, s); err != nil {
		w.t.Fatal(err)
	}
	maps.DeleteFunc(s.Channels, func(string, lifecycle.Channel) bool { return true }) // the engine has its own
	synctest.Wait()
}

// TestConfigureGoesOn: a turn ends as it began, and what comes next goes by the
// new settings.
func TestConfigureGoesOn(t *testing.T) {
	inWorld(t, slowly(echo), func(w *world) {
		w.bots["other"] = bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error { return reply.Say("the other one") })
		w.says("hi")
		ch := w.channel
		ch.Bot = "other"
		w.configure(w.settings(ch))
		w.pass(3 * time.Second)
		w.says("and now?")
		w.pass(3 * time.Second)
		if diff := cmp.Diff([]string{"You said: hi", "the other one"}, w.customerSees()); diff != "" {
			t.Error("-want +got\n" + diff)
		}
	})
}

// slowly takes two seconds for each turn.
func slowly(b bot.Bot) bot.Bot {
	return bot.Func(func(ctx context.Context, turn *bot.Turn, reply *bot.Reply) error {
		<-time.After(2 * time.Second)
		return b.Turn(ctx, turn, reply)
	})
}

// TestChannelGoneAndBack: a conversation whose channel is gone rests, takes
// nothing in, and goes on where it was when the channel is back: with the turn
// that the bot was at, and with the timers.
func TestChannelGoneAndBack(t *testing.T) {
	for name, away := range map[string]func(*world){
		"while it runs": func(w *world) { w.pass(time.Hour) },
		"over restarts": func(w *world) {
			w.pass(time.Hour)
			w.restart()
			w.configure(w.settings())
			w.pass(time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, slowly(echo), func(w *world) {
				ch := w.channel
				ch.Inactivity = 2 * time.Hour
				w.configure(w.settings(ch))
				w.says("hi")
				w.configure(w.settings())
				_, err := w.engine.Receive(w.ctx, lifecycle.Event{
					ID: "away", Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: "anybody?"},
				})
				if !errors.Is(err, bridge.ErrUnknownChannel) {
					t.Errorf("taken in: %v", err)
				}
				if name == "over restarts" {
					w.channel.Name = "elsewhere" // what the next engine begins with
				}
				away(w)
				if seen := w.customerSees(); len(seen) > 0 {
					t.Errorf("it does not rest: %q", seen)
				}
				w.configure(w.settings(ch))
				w.pass(3 * time.Second)
				w.says("back?")
				w.pass(3 * time.Second)
				if diff := cmp.Diff([]string{"You said: hi", "You said: back?"}, w.customerSees()); diff != "" {
					t.Error("-want +got\n" + diff)
				}
				w.pass(3 * time.Hour)
				w.heldBy(lifecycle.Nobody)
			})
		})
	}
}

// slowDesk takes a second to open a ticket.
type slowDesk struct{ *fakeDesk }

func (d slowDesk) Open(ctx context.Context, o bridge.Opening) (string, error) {
	<-time.After(time.Second)
	return d.fakeDesk.Open(ctx, o)
}

// TestChannelGoneWhileOpening: the ticket that is opened meanwhile is not
// forgotten.
func TestChannelGoneWhileOpening(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		s := w.settings(w.channel)
		s.Desks = map[string]bridge.Desk{"acme": slowDesk{w.desk}}
		w.configure(s)
		w.says("a person please")
		w.configure(w.settings())
		w.pass(time.Minute)
		w.configure(w.settings(w.channel))
		w.pass(time.Second)
		w.says("hello?")
		w.pass(time.Second)
		w.heldBy(lifecycle.Queue)
		if diff := cmp.Diff([]string{"customer: a person please", "customer: hello?"}, w.desk.texts("T1")); diff != "" || len(w.desk.opened) != 1 {
			t.Errorf("%d tickets: -want +got\n%s", len(w.desk.opened), diff)
		}
	})
}

// TestNewKey: a desk that did not know us is tried at once when it has a new
// key.
func TestNewKey(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		denied := fault{call: "open", err: &bridge.DeskError{Kind: bridge.DeskDenied, Err: errors.New("401")}}
		w.desk.fault(denied, denied, denied)
		w.says("a person please")
		w.pass(time.Second)
		old := w.desk
		w.desk = newFakeDesk()
		w.configure(w.settings(w.channel))
		if len(w.desk.opened) != 1 || len(old.opened) != 0 {
			t.Errorf("%d tickets with the new key, %d with the old one", len(w.desk.opened), len(old.opened))
		}
	})
}

// TestConfigureAtAllTimes: settings that change all the time disturb nobody.
func TestConfigureAtAllTimes(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		var all sync.WaitGroup
		for c := range 20 {
			all.Go(func() {
				for m := range 20 {
					_, err := w.engine.Receive(w.ctx, lifecycle.Event{
						ID: fmt.Sprint(c, "/", m), Kind: lifecycle.EventSaid, Channel: "web",
						Conversation: bot.ConversationID(fmt.Sprint("c", c)), Message: &bot.Message{Text: "hi"},
					})
					if err != nil {
						t.Error(err)
					}
					<-time.After(time.Millisecond)
				}
			})
		}
		for i := range 50 {
			ch := w.channel
			ch.TurnDeadline += time.Duration(i) * time.Second
			w.configure(w.settings(ch))
			<-time.After(time.Millisecond)
		}
		all.Wait()
		w.pass(time.Minute)
		for c := range 20 {
			entries, err := w.engine.Entries(w.ctx, bot.ConversationID(fmt.Sprint("c", c)), 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			said, answered := 0, 0
			for _, e := range entries {
				if e.Said() && e.Author == bot.AuthorCustomer {
					said++
				}
				if e.Said() && e.Author == bot.AuthorBot {
					answered++
				}
			}
			if said != 20 || answered == 0 {
				t.Errorf("c%d: %d messages, %d answers", c, said, answered)
			}
		}
	})
}

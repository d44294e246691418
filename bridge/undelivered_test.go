package bridge_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Each of these tests is a fault that TestSeeds has found.

// withAgent begins a conversation that Ann has, and a desk that takes no
// messages for some tries.
func (w *world) withAgent(failing int) {
	w.t.Helper()
	w.says("a person please")
	w.pass(time.Second)
	w.ticket(lifecycle.EventJoined, "ann", "")
	for range failing {
		w.desk.fault(fault{call: "send", err: &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: errors.New("503")}})
	}
}

// TestUndeliveredIsPutToTheBot: what could not be sent to the agent before she
// left waits for the bot.
func TestUndeliveredIsPutToTheBot(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(20)
		w.says("did you see this?")
		w.pass(time.Second)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		if got := w.customerSees(); got[len(got)-1] != "1 agents, 1 waiting" {
			t.Errorf("the bot was told %q", got)
		}
	})
}

// TestUndeliveredTakesTheCustomerBack: the same where nobody holds after the
// agent: the customer is in the queue again, and the next agent sees it.
func TestUndeliveredTakesTheCustomerBack(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.AfterAgent = lifecycle.Nobody
		w.restart()
		w.withAgent(20)
		w.says("did you see this?")
		w.pass(time.Second)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Queue)
		w.pass(9 * time.Minute)
		want := []string{"customer: a person please", "customer: did you see this?"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agents see: -want +got\n%s", diff)
		}
	})
}

// TestDroppedIsSaidOnReturn: what was dropped when the customer left is said
// when they return to the ticket; what was on its way, once.
func TestDroppedIsSaidOnReturn(t *testing.T) {
	for name, first := range map[string]fault{
		"not sent":                {call: "send", err: busy},
		"in doubt, and not there": {call: "send", err: broken},
		"in doubt, and there":     {call: "send", done: true, err: broken},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, echo, func(w *world) {
				w.withAgent(0)
				w.says("seen")
				w.pass(time.Second)
				w.ticket(lifecycle.EventAgentSaid, "ann", "yes")
				w.desk.fault(first)
				w.says("one")
				w.says("two")
				w.receive(lifecycle.Event{Kind: lifecycle.EventLeft, Conversation: "c1"})
				w.pass(time.Minute)
				w.says("me again")
				w.pass(time.Minute)
				got := w.desk.texts("T1")
				want := []string{"customer: a person please", "customer: seen", "bot: Said since:\nCustomer: one\nCustomer: two", "customer: me again"}
				if first.done {
					want = slices.Insert(want, 2, "customer: one")
					want[3] = "bot: Said since:\nCustomer: two"
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the agents see: -want +got\n%s", diff)
				}
			})
		})
	}
}

// TestReadBackBesideDropped: messages that were dropped earlier do not mislead
// the reading back of a later one.
func TestReadBackBesideDropped(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(0)
		w.says("seen")
		w.pass(time.Second)
		w.desk.fault(fault{call: "send", err: busy})
		w.says("dropped")
		w.receive(lifecycle.Event{Kind: lifecycle.EventLeft, Conversation: "c1"})
		w.pass(time.Minute)
		w.desk.fault(fault{call: "send", done: true, err: broken}, fault{call: "send", done: true, err: broken})
		w.says("me again")
		w.pass(time.Minute)
		want := []string{"customer: a person please", "customer: seen", "bot: Said since:\nCustomer: dropped", "customer: me again"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agents see: -want +got\n%s", diff)
		}
	})
}

// TestPutEarlyOnce: a message is put to the bot, its commit fails, and when it
// comes again the bot is busy: it is not made part of another turn.
func TestPutEarlyOnce(t *testing.T) {
	var mu sync.Mutex
	turns := map[string][]bot.TurnID{}
	slow := bot.Func(func(ctx context.Context, t *bot.Turn, _ *bot.Reply) error {
		mu.Lock()
		for _, m := range t.Messages {
			if ids := turns[m.Text]; !slices.Contains(ids, t.ID) {
				turns[m.Text] = append(ids, t.ID)
			}
		}
		mu.Unlock()
		select {
		case <-time.After(2 * time.Second):
		case <-ctx.Done():
		}
		return nil
	})
	for name, ends := range map[string]func(*world){
		"the commit fails":                   func(*world) {},
		"the host ends in order":             (*world).restart,
		"the host is cut off":                (*world).restartCutOff,
		"the host is cut off, then in order": func(w *world) { w.restartCutOff(); w.restart() },
	} {
		t.Run(name, func(t *testing.T) {
			clear(turns)
			inWorld(t, slow, func(w *world) {
				say := func(text string) error {
					_, err := w.engine.Receive(w.ctx, lifecycle.Event{
						ID: text, Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: text},
					})
					synctest.Wait()
					return err
				}
				if err := say("before"); err != nil {
					t.Fatal(err)
				}
				w.pass(time.Minute)
				w.store.failNext(1)
				if err := say("one"); !errors.Is(err, bridge.ErrUnavailable) {
					t.Fatal(err)
				}
				ends(w)
				for _, text := range []string{"two", "three", "one", "four"} {
					if err := say(text); err != nil {
						t.Fatal(err)
					}
				}
				w.pass(time.Minute)
			})
			if len(turns) != 5 || len(turns["one"]) != 1 {
				t.Errorf("put in turns %v", turns)
			}
		})
	}
}

// TestTimersCommitFails: the commit of the timer that lets a turn begin fails,
// while the bot is at it already.
func TestTimersCommitFails(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.Debounce = time.Second
		w.restart()
		w.says("hi")
		w.store.failNext(1)
		w.pass(time.Minute)
		if diff := cmp.Diff([]string{"You said: hi"}, w.customerSees()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestHeardIsNotPending: words that the bot has answered are not put to it once
// more because they are still on their way to the desk when the next agent
// leaves. Found by killing a real host.
func TestHeardIsNotPending(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(40)
		w.says("did you see this?")
		w.pass(time.Second)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		w.ticket(lifecycle.EventJoined, "bob", "")
		w.heldBy(lifecycle.Agent)
		w.ticket(lifecycle.EventAgentLeft, "bob", "")
		w.pass(10 * time.Second)
		got := w.customerSees()
		if last := got[len(got)-1]; last != "1 agents, 0 waiting" {
			t.Errorf("the bot was told %q", got)
		}
	})
}

// TestClosedWhileTrying: what is tried again while the last agent leaves is not
// sent until somebody else has come: it would queue the ticket again.
func TestClosedWhileTrying(t *testing.T) {
	for name, next := range map[string]struct {
		comes lifecycle.EventKind
		want  []string
	}{
		"nobody":     {"", []string{"customer: a person please"}},
		"a transfer": {lifecycle.EventTransferred, []string{"customer: a person please", "customer: did you see this?"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, echo, func(w *world) {
				w.withAgent(1)
				w.says("did you see this?")
				w.ticket(lifecycle.EventAgentLeft, "ann", "")
				w.pass(2 * time.Second)
				if diff := cmp.Diff([]string{"customer: a person please"}, w.desk.texts("T1")); diff != "" {
					t.Errorf("nobody is there and the ticket has: -want +got\n%s", diff)
				}
				if next.comes != "" {
					w.ticket(next.comes, "", "")
				}
				w.pass(10 * time.Second)
				if diff := cmp.Diff(next.want, w.desk.texts("T1")); diff != "" {
					t.Errorf("the ticket has: -want +got\n%s", diff)
				}
				if got := w.customerSees(); next.comes == "" && got[len(got)-1] != "1 agents, 1 waiting" {
					t.Errorf("the bot was told %q", got)
				}
			})
		})
	}
}

// TestUndeliveredOfLongAgo: the same for more words than are kept in memory.
func TestUndeliveredOfLongAgo(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(200)
		for range 300 {
			w.says("did you see this?")
		}
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		if got := w.customerSees(); got[len(got)-1] != "1 agents, 300 waiting" {
			t.Errorf("the bot was told %q", got)
		}
	})
}

// TestUndeliveredBeforeLateNews: the same where the agent's coming is told after
// her leaving, and no transfer is waited for.
func TestUndeliveredBeforeLateNews(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.channel.TransferGrace = 0
		w.restart()
		w.says("a person please")
		w.pass(time.Second)
		for range 20 {
			w.desk.fault(fault{call: "send", err: busy})
		}
		w.says("did you see this?")
		at := time.Now()
		for i, kind := range []lifecycle.EventKind{lifecycle.EventAgentLeft, lifecycle.EventJoined} {
			w.receive(lifecycle.Event{
				Kind: kind, Desk: "acme", Ticket: "T1", DeskTime: at.Add(-time.Duration(i) * time.Millisecond), Agent: bot.Agent{ID: "ann"},
			})
		}
		w.pass(10 * time.Second)
		if got := w.customerSees(); got[len(got)-1] != "1 agents, 1 waiting" {
			t.Errorf("the bot was told %q", got)
		}
	})
}

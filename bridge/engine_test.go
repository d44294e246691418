package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestWholeConversation(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("hi")
		w.pass(time.Second)
		w.heldBy(lifecycle.Bot)
		w.says("a person please")
		w.pass(time.Second)
		w.heldBy(lifecycle.Queue)
		w.ticket(lifecycle.EventQueued, "", "")
		w.says("still here")
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.heldBy(lifecycle.Agent)
		w.ticket(lifecycle.EventAgentSaid, "ann", "Hi, Ann here")
		w.says("hi Ann")
		w.pass(time.Second)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.says("hello?")
		w.pass(6 * time.Second)
		w.heldBy(lifecycle.Bot)
		w.says("bye")
		w.pass(time.Second)
		w.heldBy(lifecycle.Nobody)
		w.says("one more thing")
		w.pass(time.Second)
		w.heldBy(lifecycle.Queue)
		w.receive(lifecycle.Event{Kind: lifecycle.EventLeft, Conversation: "c1"})
		w.pass(time.Second)
		w.heldBy(lifecycle.Nobody)

		want := []string{
			"You said: hi", "<requested>", "<queued>", "<joined>", "Hi, Ann here", "<agent_left>", "<completed>",
			"1 agents, 1 waiting", "<requested>",
		}
		if diff := cmp.Diff(want, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
		want = []string{
			"customer: hi", "bot: You said: hi", "customer: a person please", "customer: still here", "customer: hi Ann",
			"bot: Said since:\nCustomer: hello?\nBot: 1 agents, 1 waiting\nCustomer: bye", "customer: one more thing",
		}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agent sees: -want +got\n%s", diff)
		}
		if !slices.Equal(w.desk.left, []string{"T1"}) {
			t.Errorf("left tickets %v", w.desk.left)
		}
		opening := w.desk.opened[0]
		if opening.Channel != "Web" || opening.Queue != "101" || opening.Customer.Name != "Kim" {
			t.Errorf("opened with %+v", opening)
		}
		properties := []bridge.Property{
			{Name: "reason", Value: "asked for a person"}, {Name: "summary", Value: "wants a person"},
			{Name: "topic", Value: "people"},
		}
		if diff := cmp.Diff(properties, opening.Properties); diff != "" {
			t.Errorf("properties: %s", diff)
		}
	})
}

func TestReceiveOnce(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		ev := lifecycle.Event{
			ID: "once", Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: "hi"},
		}
		var all sync.WaitGroup
		numbers := make([]int64, 8)
		for i := range numbers {
			all.Go(func() { numbers[i], _ = w.engine.Receive(w.ctx, ev) })
		}
		all.Wait()
		w.pass(time.Second)
		if numbers[0] != 1 || len(slices.Compact(numbers)) != 1 {
			t.Errorf("numbers %v, want all 1", numbers)
		}
		w.restart()
		if n := w.receive(ev); n != 1 {
			t.Errorf("after a restart: number %d, want 1", n)
		}
		if diff := cmp.Diff([]string{"You said: hi"}, w.customerSees()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNotDurableIsNotAcknowledged(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("hi")
		w.pass(time.Second)
		w.store.failNext(1)
		ev := lifecycle.Event{ID: "x", Kind: lifecycle.EventSaid, Conversation: "c1", Message: &bot.Message{Text: "again"}}
		if _, err := w.engine.Receive(w.ctx, ev); !errors.Is(err, bridge.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
		w.receive(ev)
		w.pass(time.Second)
		// What the bot says is kept by nobody else: its commit is tried again.
		w.store.failNext(0)
		want := []string{"You said: hi", "You said: again"}
		if diff := cmp.Diff(want, w.customerSees()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBotsWordsSurviveFailingCommits(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		answer := make(chan struct{})
		w.bots["faq"] = bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
			<-answer
			return reply.Say("at last")
		})
		w.says("hi")
		w.store.failNext(5)
		close(answer)
		w.pass(5 * time.Second)
		if diff := cmp.Diff([]string{"at last"}, w.customerSees()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestUnknown(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		said := lifecycle.Event{ID: "a", Kind: lifecycle.EventSaid, Conversation: "c9", Channel: "nowhere", Message: &bot.Message{Text: "hi"}}
		if _, err := w.engine.Receive(w.ctx, said); !errors.Is(err, bridge.ErrUnknownChannel) {
			t.Errorf("unknown channel: %v", err)
		}
		left := lifecycle.Event{ID: "b", Kind: lifecycle.EventLeft, Conversation: "c9", Channel: "web"}
		if _, err := w.engine.Receive(w.ctx, left); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("unknown conversation: %v", err)
		}
		if _, err := w.engine.Entries(w.ctx, "c9", 0, 10); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("entries of an unknown conversation: %v", err)
		}
	})
}

// TestChannelGone: a conversation whose channel is no longer configured rests,
// and goes on when the channel is back.
func TestChannelGone(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("a person please")
		w.pass(time.Second)
		w.channel.Name = "another"
		w.restart()
		w.pass(time.Hour)
		w.heldBy(lifecycle.Queue)
		w.channel.Name = "web"
		w.restart()
		w.pass(time.Second)
		w.heldBy(lifecycle.Bot)
	})
}

func TestSlowBotHoldsNobodyUp(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		var began int
		w.bots["faq"] = bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
			began++
			<-ctx.Done()
			return ctx.Err()
		})
		w.says("one")
		w.says("two") // taken in while the bot is at the first
		if got := len(w.journal()); got != 2 {
			t.Errorf("%d entries", got)
		}
		w.receive(lifecycle.Event{Kind: lifecycle.EventLeft, Conversation: "c1"})
		w.heldBy(lifecycle.Nobody)
		if began != 2 { // the message, and that the customer has left
			t.Errorf("the bot was asked %d times", began)
		}
	})
}

func TestFailingBot(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		var turns []string
		w.bots["faq"] = bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
			turns = append(turns, fmt.Sprintf("%s/%d", t.ID[:4], t.Attempt))
			if err := reply.Say("Let me see"); err != nil {
				return err
			}
			panic("no idea")
		})
		w.says("hi")
		w.pass(time.Second)
		w.heldBy(lifecycle.Queue)
		want := []string{"Let me see", "<requested>"} // said once, although it was said in both attempts
		if diff := cmp.Diff(want, w.customerSees()); diff != "" {
			t.Error(diff)
		}
		if len(turns) != 2 || turns[0][:4] != turns[1][:4] || turns[1][4:] != "/2" {
			t.Errorf("turns %v, want one id and attempts 1 and 2", turns)
		}
		if reason := w.desk.opened[0].Properties[0].Value; reason != "the bot failed: panic: no idea" {
			t.Errorf("the agent is told %q", reason)
		}
	})
}

func TestTurnDeadline(t *testing.T) {
	inWorld(t, bot.Func(func(ctx context.Context, _ *bot.Turn, _ *bot.Reply) error {
		<-ctx.Done()
		return ctx.Err()
	}), func(w *world) {
		w.says("hi")
		w.pass(19 * time.Second)
		w.heldBy(lifecycle.Bot)
		w.pass(22 * time.Second)
		w.heldBy(lifecycle.Queue)
		if reason := w.conversation().Reason; reason != "the bot failed: no answer within 20s" {
			t.Errorf("reason %q", reason)
		}
	})
}

func TestLateReplyIsRefused(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.bots["faq"] = bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
			switch {
			case t.AgentSessionEnded != nil:
				return nil
			case t.Text() == "slow":
				<-ctx.Done()
				return reply.Say("too late")
			}
			return reply.Handoff(bot.Handoff{})
		})
		w.says("a person please")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.pass(time.Second)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(6 * time.Second)
		w.says("slow")
		w.ticket(lifecycle.EventJoined, "bob", "")
		w.heldBy(lifecycle.Agent)
		w.pass(time.Second)
		if slices.Contains(w.customerSees(), "too late") {
			t.Error("the late reply reached the customer")
		}
		if d := w.conversation().Deliveries; len(d) != 1 || d[0].Result != bot.DeliveryRefused {
			t.Errorf("deliveries %+v\n%s", d, strings.Join(w.journal(), "\n"))
		}
	})
}

// observingBot notes what it is told while it does not hold the conversation.
type observingBot struct {
	bot.Bot
	told []string
}

func (b *observingBot) Observe(_ context.Context, o *bot.Observed) error {
	for _, one := range o.Observations {
		switch {
		case one.Queued != "":
			b.told = append(b.told, "queued "+one.Queued)
		case one.AgentJoined != nil:
			b.told = append(b.told, one.AgentJoined.ID+" joined")
		case one.AgentLeft != nil:
			b.told = append(b.told, one.AgentLeft.ID+" left")
		case one.Said != nil:
			b.told = append(b.told, string(one.Said.Author)+": "+one.Said.Text)
		case one.Transferred:
			b.told = append(b.told, "transferred")
		}
	}
	return errors.New("whatever an observer answers changes nothing")
}

func TestObserve(t *testing.T) {
	watching := &observingBot{Bot: echo}
	inWorld(t, watching, func(w *world) {
		w.says("a person please")
		w.pass(time.Second)
		w.ticket(lifecycle.EventQueued, "", "")
		w.says("still here")
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentSaid, "ann", "Hi")
		w.ticket(lifecycle.EventTransferred, "", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(time.Second)
		want := []string{"queued 101", "customer: still here", "ann joined", "agent: Hi", "transferred", "ann left"}
		if diff := cmp.Diff(want, watching.told); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

func TestGroupCommit(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				_, err := w.engine.Receive(w.ctx, lifecycle.Event{
					ID: fmt.Sprintf("g%d", i), Kind: lifecycle.EventSaid, Channel: "web",
					Conversation: bot.ConversationID(fmt.Sprintf("g%d", i)), Message: &bot.Message{Text: "hi"},
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		synctest.Wait()
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		if most := slices.Max(w.store.groups); most < 2 {
			t.Errorf("no two commits shared a transaction: %v", w.store.groups)
		}
	})
}

func TestMoreConversationsThanAreKeptLoaded(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		for round := range 2 {
			for i := range 300 {
				id := bot.ConversationID(fmt.Sprintf("m%d", i))
				if _, err := w.engine.Receive(w.ctx, lifecycle.Event{
					ID: fmt.Sprintf("%d/%d", round, i), Kind: lifecycle.EventSaid, Channel: "web",
					Conversation: id, Message: &bot.Message{Text: "hi"},
				}); err != nil {
					t.Fatal(err)
				}
			}
			w.pass(time.Second)
		}
		for i := range 300 {
			c, err := w.engine.Conversation(w.ctx, bot.ConversationID(fmt.Sprintf("m%d", i)))
			if err != nil || c.Number != 6 { // said, answered, done: twice
				t.Fatalf("conversation %d: number %d, %v", i, c.Number, err)
			}
		}
	})
}

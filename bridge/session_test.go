package bridge_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// recorder is a bot that hands off on "person", ends on "bye", and keeps its
// turns.
type recorder struct {
	turns []*bot.Turn
}

// Turn implements [bot.Bot].
func (r *recorder) Turn(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	r.turns = append(r.turns, t)
	switch t.Text() {
	case "person":
		return reply.Handoff(bot.Handoff{Reason: "asked", Target: "default"})
	case "bye":
		return reply.End(bot.End{})
	}
	return nil
}

func (r *recorder) last(t *testing.T) *bot.Turn {
	t.Helper()
	if len(r.turns) == 0 {
		t.Fatal("the bot had no turn")
	}
	return r.turns[len(r.turns)-1]
}

// TestAgentSession: with the handback the bot gets a record of who was there,
// when, in which queues, what was said and what still waits.
func TestAgentSession(t *testing.T) {
	r := &recorder{}
	inWorld(t, r, func(w *world) {
		start := time.Now()
		w.says("person")
		w.pass(time.Minute)
		w.ticket(lifecycle.EventQueued, "", "")
		w.pass(time.Minute)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentSaid, "ann", "Ann here")
		w.says("hi Ann")
		w.pass(time.Minute)
		w.ticket(lifecycle.EventTransferred, "", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.ticket(lifecycle.EventQueued, "", "")
		w.ticket(lifecycle.EventJoined, "bob", "")
		w.ticket(lifecycle.EventAgentSaid, "bob", "Bob here")
		w.pass(time.Minute)
		w.ticket(lifecycle.EventAgentLeft, "bob", "")
		w.says("are you")
		w.says("there?")
		w.pass(time.Minute)

		at := func(d time.Duration) time.Time { return start.Add(d) }
		want := &bot.AgentSession{
			HandedOffAt: at(0), JoinedAt: at(2 * time.Minute), EndedAt: at(4*time.Minute + 5*time.Second),
			Reason: "asked", Agents: []bot.Agent{{ID: "ann"}, {ID: "bob"}}, Queues: []string{"101", "101"}, End: bot.EndAgentLeft,
			Messages: []bot.HistoryMessage{
				{Author: bot.AuthorAgent, Text: "Ann here"}, {Author: bot.AuthorCustomer, Name: "Kim", Text: "hi Ann"},
				{Author: bot.AuthorAgent, Text: "Bob here"},
				{Author: bot.AuthorCustomer, Name: "Kim", Text: "are you"}, {Author: bot.AuthorCustomer, Name: "Kim", Text: "there?"},
			},
			Waiting: []bot.Message{{Text: "are you"}, {Text: "there?"}},
		}
		about := cmpopts.EquateApproxTime(time.Second)
		said := cmpopts.IgnoreFields(bot.HistoryMessage{}, "At")
		waiting := cmpopts.IgnoreFields(bot.Message{}, "ID", "At")
		if diff := cmp.Diff(want, r.last(t).AgentSessionEnded, about, said, waiting, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}

		// Another session is another record.
		w.says("person")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "carl", "")
		w.ticket(lifecycle.EventAgentLeft, "carl", "")
		w.pass(time.Minute)
		if got := r.last(t).AgentSessionEnded; got == nil || len(got.Agents) != 1 || got.Agents[0].ID != "carl" || len(got.Messages) != 0 {
			t.Errorf("the second session: %+v", got)
		}
	})
}

// TestDeskTakesConversation: an agent who comes back on her own is told what
// was said without her, the message that the bot was at included, and that is a
// session of its own.
func TestDeskTakesConversation(t *testing.T) {
	r := &recorder{}
	inWorld(t, r, func(w *world) {
		w.says("person")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.pass(time.Second)
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(time.Minute)
		w.bots["faq"] = bot.Func(func(ctx context.Context, _ *bot.Turn, _ *bot.Reply) error {
			<-ctx.Done()
			return ctx.Err()
		})
		w.says("what about my order?")
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.heldBy(lifecycle.Agent)
		w.says("hi Ann")
		w.pass(time.Second)
		want := []string{"customer: person", "bot: Said since:\nCustomer: what about my order?", "customer: hi Ann"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agent sees: -want +got\n%s", diff)
		}
		w.bots["faq"] = r
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(time.Minute)
		got := r.last(t).AgentSessionEnded
		if got == nil || len(got.Messages) != 1 || got.Messages[0].Text != "hi Ann" || got.Reason != "agent joined" {
			t.Errorf("the second session: %+v", got)
		}
	})
}

// TestReturnToTheBot: with on_return: bot, a customer who had met an agent gets
// the bot, which gets the whole history, what the agent said included.
func TestReturnToTheBot(t *testing.T) {
	r := &recorder{}
	inWorld(t, r, func(w *world) {
		w.channel.OnReturn = lifecycle.Bot
		w.restart()
		w.says("person")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentSaid, "ann", "Ann here")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(time.Minute)
		w.says("bye")
		w.pass(time.Second)
		w.heldBy(lifecycle.Nobody)
		w.says("me again")
		w.pass(time.Second)
		w.heldBy(lifecycle.Bot)
		turn := r.last(t)
		var history []string
		for _, m := range turn.History {
			history = append(history, string(m.Author)+": "+m.Text)
		}
		want := []string{"customer: person", "agent: Ann here", "customer: bye"}
		if diff := cmp.Diff(want, history); diff != "" || !turn.Returned || turn.Text() != "me again" {
			t.Errorf("returned %t with %q, history -want +got\n%s", turn.Returned, turn.Text(), diff)
		}
		if n := len(w.desk.opened); n != 1 || slices.Contains(w.desk.texts("T1"), "customer: me again") {
			t.Errorf("the desk has %d tickets, and %q", n, w.desk.texts("T1"))
		}
	})
}

// TestPressGoesToTheAgent: what the customer presses while queue or agent holds
// is text for them, title and value.
func TestPressGoesToTheAgent(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		press := func(a bot.Action) {
			w.receive(lifecycle.Event{Kind: lifecycle.EventActed, Conversation: "c1", Action: &a})
			w.pass(time.Second)
		}
		w.says("a person please")
		w.pass(time.Second)
		press(bot.Action{Kind: bot.ActionQuickReply, Title: "Order 12", Value: "order:12"})
		w.ticket(lifecycle.EventJoined, "ann", "")
		press(bot.Action{Kind: bot.ActionQuickReply, Title: "Yes", Value: "Yes"})
		press(bot.Action{Kind: bot.ActionCard, Title: "Send", Data: []byte(`{"street":"High Street"}`)})
		want := []string{"customer: a person please", "customer: Order 12\norder:12", "customer: Yes", "customer: Send\n{\"street\":\"High Street\"}"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agent sees: -want +got\n%s", diff)
		}
	})
}

// TestLeavingDropsWhatHasNotBegun: what waited for a desk that is away when the
// customer stops waiting is not sent there any more. The next handoff has it.
func TestLeavingDropsWhatHasNotBegun(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("a person please")
		w.pass(time.Second)
		w.desk.fault(fault{call: "send", err: busy})
		w.says("hello?")
		w.says("anybody?")
		w.pass(time.Second)
		w.receive(lifecycle.Event{Kind: lifecycle.EventCancel, Conversation: "c1"})
		w.heldBy(lifecycle.Bot)
		w.pass(2 * time.Minute)
		if diff := cmp.Diff([]string{"customer: a person please"}, w.desk.texts("T1")); diff != "" {
			t.Errorf("the first ticket: -want +got\n%s", diff)
		}
		if !slices.Equal(w.desk.left, []string{"T1"}) {
			t.Errorf("left %v", w.desk.left)
		}
		w.says("a person please")
		w.pass(time.Second)
		want := []string{
			"customer: a person please", "customer: hello?", "customer: anybody?", "bot: handoff cancelled", "customer: a person please",
		}
		if diff := cmp.Diff(want, w.desk.texts("T2")); diff != "" {
			t.Errorf("the second ticket: -want +got\n%s", diff)
		}
	})
}

// TestNothingGoesToTheDeskWhileTheBotHolds, on a channel of ours.
func TestNothingGoesToTheDeskWhileTheBotHolds(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("a person please")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		w.desk.mu.Lock()
		calls := len(w.desk.calls)
		w.desk.mu.Unlock()
		w.says("hi")
		w.receive(lifecycle.Event{Kind: lifecycle.EventActed, Conversation: "c1", Action: &bot.Action{Title: "Yes"}})
		w.pass(time.Hour)
		w.heldBy(lifecycle.Bot)
		if more := w.desk.calls[calls:]; len(more) > 0 {
			t.Errorf("the desk was called: %q", more)
		}
	})
}

// TestReceiptOfReturn: whoever returns to the queue is told the number of their
// message, and not of the return that stands before it, also when it comes again.
func TestReceiptOfReturn(t *testing.T) {
	inWorld(t, &recorder{}, func(w *world) {
		w.says("person")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.says("bye")
		w.pass(time.Second)
		ev := lifecycle.Event{
			ID: "again", Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: "me again"},
		}
		first, second := w.receive(ev), w.receive(ev)
		w.heldBy(lifecycle.Queue)
		w.restart()
		third := w.receive(ev)
		entries, err := w.engine.Entries(w.ctx, "c1", first-1, 1)
		if err != nil || len(entries) != 1 || entries[0].Message == nil || entries[0].Message.Text != "me again" || second != first || third != first {
			t.Errorf("%d, then %d and %d: %+v, %v", first, second, third, entries, err)
		}
	})
}

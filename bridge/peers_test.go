package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// What the one 8x8 connector on the market broke at, by its release notes, as
// far as it is the engine's: TestPeers and what went wrong there. Where it is a
// rule there is a transcript, see lifecycle/README.md for the list.

// TestPeersAgentTypingRanTheBot: somebody's typing is shown, and is nothing to
// answer.
func TestPeersAgentTypingRanTheBot(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.says("a person please")
		w.pass(time.Second)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.pass(10 * time.Second)
		w.heldBy(lifecycle.Bot)
		turns, journal := w.engine.Stats().Turns, len(w.journal())
		for range 5 {
			w.engine.TicketTyping(w.ctx, "acme", "T1", bridge.Typing{Author: bot.AuthorAgent, AuthorID: "ann"})
			w.engine.Typing(w.ctx, "c1", bridge.Typing{Author: bot.AuthorCustomer})
			w.pass(time.Second)
		}
		if n := w.engine.Stats().Turns - turns; n != 0 {
			t.Errorf("%d turns of typing", n)
		}
		if n := len(w.journal()) - journal; n != 0 {
			t.Errorf("%d entries of typing", n)
		}
		if n := len(w.line.typing); n != 5 {
			t.Errorf("the customer has seen the agent typing %d times", n)
		}
		w.heldBy(lifecycle.Bot)
	})
}

// TestPeersDuplicates: what arrives many times, at once and again after a
// restart, happens once to everybody. (A second host on one store is refused:
// sqlstore's TestOpenTwice and TestFenced.)
func TestPeersDuplicates(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		var past []lifecycle.Event
		several := func(ev lifecycle.Event) {
			past = append(past, ev)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if _, err := w.engine.Receive(w.ctx, ev); err != nil {
						t.Errorf("%s: %v", ev.Kind, err)
					}
				})
			}
			all.Wait()
			w.pass(time.Second)
		}
		again := func() {
			for _, ev := range past {
				w.receive(ev)
			}
			w.pass(time.Second)
		}
		said := func(id, text string) lifecycle.Event {
			return lifecycle.Event{ID: id, Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: text}}
		}
		told := func(id string, kind lifecycle.EventKind) lifecycle.Event {
			return lifecycle.Event{
				ID: id, Kind: kind, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Queue: "101",
				Agent: bot.Agent{ID: "ann"}, Message: &bot.Message{Text: "Ann here"},
			}
		}
		several(said("1", "hi"))
		several(said("2", "a person please"))
		several(told("3", lifecycle.EventQueued))
		several(said("4", "yes"))
		several(told("5", lifecycle.EventJoined))
		again()
		w.restart()
		again()
		several(said("6", "yes"))
		several(told("7", lifecycle.EventAgentSaid))
		several(told("8", lifecycle.EventAgentLeft))
		w.pass(10 * time.Second)
		w.restart()
		again()
		want := []string{"You said: hi", "<requested>", "<queued>", "<joined>", "Ann here", "<agent_left>", "<completed>", "1 agents, 0 waiting"}
		if diff := cmp.Diff(want, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
		want = []string{"customer: hi", "bot: You said: hi", "customer: a person please", "customer: yes", "customer: yes"}
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agent sees: -want +got\n%s", diff)
		}
	})
}

// TestPeersInMemoryCache: a host that is restarted after every step, and so has
// nothing in memory, does the same as one that goes on.
func TestPeersInMemoryCache(t *testing.T) {
	type seen struct{ Customer, First, Second []string }
	play := func(t *testing.T, restart bool) (all seen) {
		inWorld(t, echo, func(w *world) {
			for _, step := range []func(){
				func() { w.says("hi") },
				func() { w.says("a person please") },
				func() { w.ticket(lifecycle.EventQueued, "", "") },
				func() { w.says("still here") },
				func() { w.ticket(lifecycle.EventJoined, "ann", "") },
				func() { w.ticket(lifecycle.EventAgentSaid, "ann", "Ann here") },
				func() { w.ticket(lifecycle.EventTransferred, "", "") },
				func() { w.ticket(lifecycle.EventAgentLeft, "ann", "") },
				func() { w.ticket(lifecycle.EventJoined, "bob", "") },
				func() { w.says("hi Bob") },
				func() { w.ticket(lifecycle.EventAgentLeft, "bob", "") },
				func() { w.pass(10 * time.Second) },
				func() { w.says("another person please") },
				func() { w.pass(11 * time.Minute) },
				func() { w.says("bye") },
				func() { w.says("me again") },
			} {
				step()
				w.pass(time.Second)
				if restart {
					w.restart()
					w.pass(time.Second)
				}
			}
			all = seen{w.customerSees(), w.desk.texts("T1"), w.desk.texts("T2")}
		})
		return all
	}
	want := play(t, false)
	if diff := cmp.Diff(want, play(t, true)); diff != "" {
		t.Errorf("-without +with restarts\n%s", diff)
	}
	if len(want.Customer) < 10 || len(want.First) < 5 || len(want.Second) < 8 {
		t.Errorf("they have seen too little: %+v", want)
	}
}

// TestPeersSecondHandover: a second and a third handoff in one conversation,
// each with a ticket of its own, the whole history and its own record.
func TestPeersSecondHandover(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		for i, agent := range []string{"ann", "bob", "carl"} {
			ticket := fmt.Sprintf("T%d", i+1)
			w.says("a person please")
			w.pass(time.Second)
			w.heldBy(lifecycle.Queue)
			if got := w.desk.newest(); got != ticket {
				t.Fatalf("handoff %d is in %s", i+1, got)
			}
			w.ticket(lifecycle.EventQueued, "", "")
			w.ticket(lifecycle.EventJoined, agent, "")
			w.heldBy(lifecycle.Agent)
			w.ticket(lifecycle.EventAgentSaid, agent, "Hi, "+agent+" here")
			w.says("hi " + agent)
			w.pass(time.Second)
			w.ticket(lifecycle.EventAgentLeft, agent, "")
			w.pass(6 * time.Second)
			w.heldBy(lifecycle.Bot)
		}
		want := []string{
			"customer: a person please", "bot: [Agent] Hi, ann here", "customer: hi ann", "bot: 1 agents, 0 waiting",
			"customer: a person please", "bot: [Agent] Hi, bob here", "customer: hi bob", "bot: 1 agents, 0 waiting",
			"customer: a person please", "customer: hi carl",
		}
		if diff := cmp.Diff(want, w.desk.texts("T3")); diff != "" {
			t.Errorf("the third agent sees: -want +got\n%s", diff)
		}
		// Both older tickets find the conversation.
		w.receive(lifecycle.Event{
			Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "T1", DeskTime: time.Now(),
			Agent: bot.Agent{ID: "ann"}, Message: &bot.Message{Text: "one more thing"},
		})
		if seen := w.customerSees(); seen[len(seen)-1] != "one more thing" {
			t.Errorf("the customer sees %q", seen)
		}
		if s := w.engine.Stats(); s.Handoffs != 3 || s.Handbacks != 3 || s.Returns != 0 {
			t.Errorf("counted %+v", s)
		}
	})
}

// TestPeersTranscript: the agent gets the transcript whole, in order, each
// message as one, whatever is in it.
func TestPeersTranscript(t *testing.T) {
	odd := []string{
		"two\nlines, \"quoted\" \\ and {\"json\": [1]}", "<b>&amp;</b>", "Grüße, 你好, 👩‍👩‍👧 \u202eabc", "a\ttab and a nul-less end ",
		strings.Repeat("long ", 1500), "same", "same", "same",
	}
	cards := bot.Message{
		Text: "Which one?", QuickReplies: []bot.QuickReply{{Title: "Red", Value: "r"}, {Title: "Blue", Value: "b"}},
		Cards: []bot.Card{{ContentType: "application/vnd.microsoft.card.adaptive", Content: []byte(`{"body":[{"type":"TextBlock","text":"Colours"}]}`)}},
	}
	inWorld(t, nil, func(w *world) {
		w.bots["faq"] = bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
			switch {
			case t.Text() == "person":
				return reply.Handoff(bot.Handoff{})
			case t.Text() == "colours":
				return reply.Send(cards)
			case t.Action != nil:
				return reply.Say("Pressed " + t.Action.Value)
			}
			return reply.Say(t.Text())
		})
		var want []string
		for _, text := range odd {
			w.says(text)
			w.pass(time.Second)
			want = append(want, "customer: "+text, "bot: "+text)
		}
		w.says("colours")
		w.pass(time.Second)
		w.receive(lifecycle.Event{
			Kind: lifecycle.EventActed, Conversation: "c1", Action: &bot.Action{Kind: bot.ActionQuickReply, Title: "Red", Value: "r"},
		})
		w.pass(time.Second)
		w.says("person")
		w.pass(time.Second)
		want = append(want, "customer: colours", "bot: Which one?\nColours\n– Red\n– Blue", "customer: Red\nr", "bot: Pressed r", "customer: person")
		if diff := cmp.Diff(want, w.desk.texts("T1")); diff != "" {
			t.Errorf("the agent sees: -want +got\n%s", diff)
		}
	})
}

// TestPeersFailuresAreLogged: whatever fails leaves a line in the log that says
// where.
func TestPeersFailuresAreLogged(t *testing.T) {
	handoff := func(faults ...fault) func(w *world) {
		return func(w *world) {
			w.desk.fault(faults...)
			w.says("a person please")
			w.pass(5 * time.Minute)
		}
	}
	inQueue := func(then func(w *world)) func(w *world) {
		return func(w *world) {
			w.says("a person please")
			w.pass(time.Second)
			then(w)
			w.pass(5 * time.Minute)
		}
	}
	for name, tt := range map[string]struct {
		fails func(w *world)
		want  []string // in one line each
	}{
		"the bot":              {func(w *world) { w.says("crash") }, []string{"turn failed", "turn failed"}},
		"there is no bot":      {func(w *world) { delete(w.bots, "faq"); w.says("hi") }, []string{"turn failed"}},
		"the desk is busy":     {handoff(fault{call: "open", err: busy}), []string{"call to the desk"}},
		"the desk is broken":   {handoff(fault{call: "open", err: broken}), []string{"call to the desk"}},
		"the desk denies":      {handoff(fault{call: "open", err: denied}), []string{"call to the desk"}},
		"the desk refuses":     {handoff(fault{call: "open", err: no}), []string{"desk refuses", "handoff refused"}},
		"no answer":            {handoff(fault{call: "open", hang: true}), []string{"call to the desk"}},
		"reading back":         {handoff(fault{call: "open", err: broken}, fault{call: "find", err: broken}), []string{"call to the desk", "read back from the desk"}},
		"saying":               {inQueue(func(w *world) { w.desk.fault(fault{call: "send", err: busy}); w.says("hello?") }), []string{"call to the desk"}},
		"saying is refused":    {inQueue(func(w *world) { w.desk.fault(fault{call: "send", err: no}); w.says("hello?") }), []string{"desk refuses"}},
		"nobody comes":         {inQueue(func(w *world) { w.pass(11 * time.Minute) }), []string{"handoff failed"}},
		"there is no target":   {func(w *world) { w.says("nowhere") }, []string{"handoff refused"}},
		"the bot goes round":   {func(w *world) { w.says("round") }, []string{"turn not put"}},
		"a commit":             {func(w *world) { w.store.failNext(1); w.trySay("hi") }, []string{"commit"}},
		"a ticket is nobody's": {func(w *world) { w.strange(); w.pass(26 * time.Hour) }, []string{"parked event dropped: its ticket was never bound"}},
		"the line shows none":  {func(w *world) { w.says("reply") }, []string{"message shown otherwise"}},
		"too many properties": {func(w *world) {
			w.stop()
			w.channel.DeskCan.Properties = 1
			w.start()
			w.says("person")
		}, []string{"handoff without what the desk cannot carry"}},
		"the history is long": {func(w *world) { w.desk.history = 2; w.says("one"); w.pass(time.Second); handoff()(w) }, []string{"history left out"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, clumsy, func(w *world) {
				log := &lines{}
				w.log = log
				w.restart()
				tt.fails(w)
				w.pass(time.Second)
				for _, want := range tt.want {
					if !log.take(want) {
						t.Errorf("no line %q in\n%s", want, log)
					}
				}
			})
		})
	}
}

// clumsy is echo, with some more ways to fail.
var clumsy = bot.Func(func(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	switch {
	case t.Text() == "crash":
		return errors.New("crashed")
	case t.Text() == "reply":
		return reply.Ask("Which one?", "this", "that")
	case t.Text() == "nowhere", t.HandoffOutcome != nil && t.HandoffOutcome.Target == "round", t.Text() == "round":
		target := "nowhere"
		if t.Text() != "nowhere" {
			target = "round"
		}
		return reply.Handoff(bot.Handoff{Target: target})
	}
	return echo(ctx, t, reply)
})

// trySay says something that may not become durable.
func (w *world) trySay(text string) {
	ev := lifecycle.Event{ID: "try", Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: text}}
	if _, err := w.engine.Receive(w.ctx, ev); err == nil {
		w.t.Error("it is durable")
	}
	synctest.Wait()
}

// strange is an event of a ticket that is nobody's.
func (w *world) strange() {
	w.receive(lifecycle.Event{
		Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "nobodys", DeskTime: time.Now(), Message: &bot.Message{Text: "hello?"},
	})
}

// lines is a log of what people see by default, one line a record.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (l *lines) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *lines) WithGroup(string) slog.Handler                    { return l }
func (l *lines) String() string                                   { return strings.Join(l.all, "\n") }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
	return nil
}

// take removes a line that begins with a message.
func (l *lines) take(message string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.all, func(line string) bool { return strings.HasPrefix(line, message+" ") })
	if i >= 0 {
		l.all = slices.Delete(l.all, i, i+1)
	}
	return i >= 0
}

// TestPeersHandoverCounts: each handoff, return and handback is counted once,
// through lost answers, repeated events and failing commits, and nobody is
// given back more often than handed over.
func TestPeersHandoverCounts(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		count := func(what string, handoffs, returns, handbacks int64) {
			t.Helper()
			s := w.engine.Stats()
			if s.Handoffs != handoffs || s.Returns != returns || s.Handbacks != handbacks {
				t.Errorf("%s: %d handoffs, %d returns, %d handbacks; want %d, %d, %d",
					what, s.Handoffs, s.Returns, s.Handbacks, handoffs, returns, handbacks)
			}
		}
		w.desk.fault(fault{call: "open", done: true, err: broken})
		w.says("a person please")
		w.store.failNext(2)
		w.pass(time.Minute)
		count("a handoff in doubt", 1, 0, 0)
		w.ticket(lifecycle.EventJoined, "ann", "")
		w.ticket(lifecycle.EventTransferred, "", "")
		w.ticket(lifecycle.EventAgentLeft, "ann", "")
		w.ticket(lifecycle.EventJoined, "bob", "")
		count("a transfer", 1, 0, 0)
		w.ticket(lifecycle.EventAgentLeft, "bob", "")
		w.pass(10 * time.Second)
		count("a handback", 1, 0, 1)
		w.says("bye")
		w.pass(time.Second)
		w.says("me again")
		w.ticket(lifecycle.EventJoined, "bob", "")
		count("a return", 1, 1, 1)
		w.ticket(lifecycle.EventAgentLeft, "bob", "")
		w.pass(10 * time.Second)
		count("a handback after a return", 1, 1, 2)
		w.ticket(lifecycle.EventQueued, "", "")
		w.ticket(lifecycle.EventJoined, "bob", "")
		count("the desk takes it", 1, 2, 2)
		w.ticket(lifecycle.EventAgentLeft, "bob", "")
		w.pass(10 * time.Second)
		w.says("a person please")
		w.pass(11 * time.Minute)
		count("nobody came", 2, 2, 3)
		w.desk.fault(fault{call: "open", err: no})
		w.says("a person please")
		w.pass(time.Second)
		count("refused", 3, 2, 3)
	})
}

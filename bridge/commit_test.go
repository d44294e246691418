package bridge_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestCommitInDoubt: a commit whose error was wrong is found out, and what it
// began goes on, also if the sender of its event gives up.
func TestCommitInDoubt(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.withAgent(0)
		w.store.doubtNext()
		_, err := w.engine.Receive(w.ctx, lifecycle.Event{
			ID: "gone", Kind: lifecycle.EventAgentLeft, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Agent: bot.Agent{ID: "ann"},
		})
		if !errors.Is(err, bridge.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
		w.pass(time.Minute)
		w.heldBy(lifecycle.Bot)
	})
}

// TestBotsWordsKeepTheirOrder: what could not be kept at first comes before what
// the bot says meanwhile.
func TestBotsWordsKeepTheirOrder(t *testing.T) {
	inWorld(t, bot.Func(func(_ context.Context, _ *bot.Turn, reply *bot.Reply) error {
		<-time.After(time.Second)
		for _, text := range []string{"one", "two", "three"} {
			if err := reply.Say(text); err != nil {
				return err
			}
			<-time.After(50 * time.Millisecond)
		}
		return nil
	}), func(w *world) {
		w.says("count")
		w.store.failNext(1)
		w.pass(5 * time.Second)
		if diff := cmp.Diff([]string{"one", "two", "three"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

// TestWordsInDoubt: what the bot said in a commit whose error was wrong was said,
// and the bot is not told that it came too late.
func TestWordsInDoubt(t *testing.T) {
	r := &recorder{}
	inWorld(t, bot.Func(func(ctx context.Context, turn *bot.Turn, reply *bot.Reply) error {
		<-time.After(time.Second)
		if err := reply.Say("yes"); err != nil {
			return err
		}
		return r.Turn(ctx, turn, reply)
	}), func(w *world) {
		w.says("hi")
		w.store.doubtNext()
		w.pass(time.Minute)
		w.says("again")
		w.pass(time.Minute)
		if told := r.last(t).Deliveries; len(told) > 0 {
			t.Errorf("the bot is told %+v", told)
		}
		want := []string{"1 said customer hi", "2 said bot yes", "3 done bot", "4 said customer again", "5 said bot yes", "6 done bot"}
		if diff := cmp.Diff(want, w.journal()); diff != "" {
			t.Errorf("the journal: -want +got\n%s", diff)
		}
	})
}

// TestDoubtIsShown: what a commit has left whose error was wrong is shown to the
// customer, and hands over what had waited for its ticket.
func TestDoubtIsShown(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.desk.fault(fault{call: "open", hang: true, done: true})
		w.says("a person please")
		w.ticket(lifecycle.EventAgentSaid, "ann", "hello")
		w.store.doubtNext()
		_, err := w.engine.Receive(w.ctx, lifecycle.Event{
			ID: "binds", Kind: lifecycle.EventTicket, Desk: "acme", Ticket: "T1", DeskTime: time.Now(), Marker: w.desk.opened[0].Marker,
		})
		if !errors.Is(err, bridge.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"<requested>", "hello"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
		w.store.doubtNext()
		_, _ = w.engine.Receive(w.ctx, lifecycle.Event{
			ID: "more", Kind: lifecycle.EventAgentSaid, Desk: "acme", Ticket: "T1", DeskTime: time.Now(),
			Agent: bot.Agent{ID: "ann"}, Message: &bot.Message{Text: "more"},
		})
		w.pass(time.Second)
		if got, want := w.line.woken["c1"], w.conversation().Number; got != want {
			t.Errorf("the line was woken for entry %d of %d", got, want)
		}
	})
}

// TestKeptOnFullDisk: a store whose disk is full has kept a message that it said
// it had not, and answers with what it knew before until it can be written. Then
// the bot has its turn, also if the sender has given up.
func TestKeptOnFullDisk(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		say := func(id bot.ConversationID, text string) error {
			_, err := w.engine.Receive(w.ctx, lifecycle.Event{
				ID: text, Kind: lifecycle.EventSaid, Conversation: id, Channel: "web", Message: &bot.Message{Text: text},
			})
			return err
		}
		w.says("hi")
		full := &fullStore{Store: w.store.Store, before: w.conversation()}
		w.store.Store = full
		if err := say("c1", "two"); !errors.Is(err, bridge.ErrUnavailable) {
			t.Fatalf("got %v, want ErrUnavailable", err)
		}
		w.pass(time.Minute)
		full.over.Store(true)
		if err := say("c2", "somebody else"); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		if diff := cmp.Diff([]string{"You said: hi", "You said: two"}, w.customerSees()); diff != "" {
			t.Errorf("the customer sees: -want +got\n%s", diff)
		}
	})
}

// fullStore is a store in trouble: until that is over it reads the conversation
// as it was before.
type fullStore struct {
	bridge.Store
	before lifecycle.Conversation
	over   atomic.Bool
}

func (s *fullStore) Commit(ctx context.Context, group []bridge.Commit) ([]error, error) {
	results, err := s.Store.Commit(ctx, group)
	if !s.over.Load() {
		return nil, bridge.ErrUnwritable
	}
	return results, err
}

func (s *fullStore) Load(ctx context.Context, id bot.ConversationID) (bridge.Stored, error) {
	stored, err := s.Store.Load(ctx, id)
	if !s.over.Load() {
		stored.Conversation = s.before
	}
	return stored, err
}

func (s *fullStore) Last(ctx context.Context, id bot.ConversationID, through int64, limit int) ([]lifecycle.Entry, error) {
	if !s.over.Load() {
		through = s.before.Number
	}
	return s.Store.Last(ctx, id, through, limit)
}

package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// moody is a bot that can be down. It notes what it is told.
type moody struct {
	mu    sync.Mutex
	since time.Time // ready; zero: down
	told  []string
	turns map[bot.TurnID]bool
}

func (m *moody) readySince(string) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since
}

// comesUp and goesDown are what befalls it now.
func (m *moody) comesUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.since = time.Now()
}

func (m *moody) goesDown() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.since = time.Time{}
}

func (m *moody) Turn(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.since.IsZero() {
		return bot.Permanent(errors.New("it has failed"))
	}
	if m.turns[t.ID] {
		return nil // put once more
	}
	m.turns[t.ID] = true
	if o := t.HandoffOutcome; o != nil {
		m.told = append(m.told, string(o.Result))
		return nil
	}
	m.told = append(m.told, t.Text())
	if t.Text() == "agent" {
		return reply.Handoff(bot.Handoff{})
	}
	return reply.Say("re " + t.Text())
}

func (m *moody) heard() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.told)
}

// withFailback runs a test with a moody bot, which is down.
func withFailback(t *testing.T, test func(*world, *moody)) {
	t.Helper()
	m := &moody{turns: map[bot.TurnID]bool{}}
	inWorld(t, m, func(w *world) {
		w.ready, w.channel.Failback = m.readySince, true
		w.restart()
		test(w, m)
	})
}

// TestFailback: who went to the queue for the bot's failure returns to it once
// it has been back for a while, and is answered.
func TestFailback(t *testing.T) {
	withFailback(t, func(w *world, m *moody) {
		w.says("one")
		w.says("two")
		w.pass(time.Second)
		w.heldBy(lifecycle.Queue)
		if n := len(w.desk.opened); n != 1 {
			t.Fatalf("%d tickets", n)
		}
		w.pass(time.Minute)
		m.comesUp()
		w.pass(9 * time.Second)
		w.heldBy(lifecycle.Queue)
		w.pass(3 * time.Second)
		w.heldBy(lifecycle.Bot)
		if diff := cmp.Diff([]string{"withdrawn", "one", "two"}, m.heard()); diff != "" {
			t.Errorf("told the bot, -want +got\n%s", diff)
		}
		if got := w.desk.left; !slices.Equal(got, []string{"T1"}) {
			t.Errorf("left %q at the desk", got)
		}
		w.says("three")
		if diff := cmp.Diff([]string{"withdrawn", "one", "two", "three"}, m.heard()); diff != "" {
			t.Errorf("told the bot, -want +got\n%s", diff)
		}
		if n := w.engine.Stats().Failbacks; n != 1 {
			t.Errorf("counted %d failbacks", n)
		}
	})
}

// TestFailbackToSteadyBotAlone: a bot that falls again and again gets nobody
// back, and who has come back once does not a second time.
func TestFailbackToSteadyBotAlone(t *testing.T) {
	withFailback(t, func(w *world, m *moody) {
		w.says("one")
		for range 5 {
			m.comesUp()
			w.pass(8 * time.Second)
			m.goesDown()
			w.pass(8 * time.Second)
		}
		w.heldBy(lifecycle.Queue)
		if got := m.heard(); len(got) > 0 {
			t.Fatalf("told the bot %q", got)
		}
		m.comesUp()
		w.pass(12 * time.Second)
		w.heldBy(lifecycle.Bot)
		m.goesDown()
		w.says("two")
		w.heldBy(lifecycle.Queue)
		m.comesUp()
		w.pass(time.Minute)
		w.heldBy(lifecycle.Queue)
	})
}

// TestFailbackAfterRestart: the host goes down with the bot, and what it finds
// in the queue when it is up again returns.
func TestFailbackAfterRestart(t *testing.T) {
	withFailback(t, func(w *world, m *moody) {
		w.says("one")
		w.heldBy(lifecycle.Queue)
		w.restart()
		w.pass(time.Second)
		m.comesUp()
		w.store.failNext(1) // then the next look finds it again
		w.pass(13 * time.Second)
		w.heldBy(lifecycle.Bot)
		if diff := cmp.Diff([]string{"withdrawn", "one"}, m.heard()); diff != "" {
			t.Errorf("told the bot, -want +got\n%s", diff)
		}
	})
}

// TestFailbackOfMany: not all at once, those first that have waited longest,
// and none that the bot itself has handed off.
func TestFailbackOfMany(t *testing.T) {
	withFailback(t, func(w *world, m *moody) {
		say := func(from, to int, text string) {
			var all sync.WaitGroup
			for i := from; i < to; i++ {
				all.Go(func() {
					id := fmt.Sprintf("m%d", i)
					_, err := w.engine.Receive(w.ctx, lifecycle.Event{
						ID: id, Kind: lifecycle.EventSaid, Conversation: bot.ConversationID(id), Channel: "web",
						Message: &bot.Message{Text: text},
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			w.pass(time.Second)
		}
		m.comesUp()
		say(0, 50, "agent")
		m.goesDown()
		say(50, 100, "early")
		say(100, 300, "late")
		m.comesUp()
		count := func(text string) (n int) {
			for _, told := range m.heard() {
				if told == text {
					n++
				}
			}
			return n
		}
		before := 0
		for range 20 {
			w.pass(time.Second)
			now := count("withdrawn")
			if now-before > 100 {
				t.Errorf("%d came back at once", now-before)
			}
			if now == 100 && count("early") != 50 {
				t.Errorf("of those who had waited longest only %d are back", count("early"))
			}
			before = now
		}
		if got := []int{count("withdrawn"), count("early"), count("late")}; !slices.Equal(got, []int{250, 50, 200}) {
			t.Errorf("came back, told of early and late: %v", got)
		}
	})
}

// TestFailbackBehindOthers: who has waited for longer than a thousand others
// returns as well.
func TestFailbackBehindOthers(t *testing.T) {
	withFailback(t, func(w *world, m *moody) {
		w.says("one")
		w.pass(time.Second)
		m.comesUp()
		for i := range 1000 {
			id := fmt.Sprintf("m%d", i)
			w.receive(lifecycle.Event{
				ID: id, Kind: lifecycle.EventSaid, Conversation: bot.ConversationID(id), Channel: "web", Message: &bot.Message{Text: "agent"},
			})
		}
		w.pass(time.Minute)
		w.heldBy(lifecycle.Bot)
	})
}

package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// seedChannels are a line of our own and one of the desk's.
func seedChannels(d dice) map[string]lifecycle.Channel {
	web := lifecycle.Channel{
		Name: "web", Bot: "faq", Desk: "acme",
		Targets:      map[string]lifecycle.Target{"default": {Queue: "101", DeskChannel: "Web"}},
		NoAgentAfter: 10 * time.Minute, TransferGrace: 5 * time.Second, TurnDeadline: 20 * time.Second,
		SilentTicket: 10 * time.Minute, OnFailure: lifecycle.Queue, AfterAgent: lifecycle.Bot, OnReturn: lifecycle.Queue,
		DeskCan: lifecycle.Capabilities{History: 200, Properties: 29, HandBack: true},
	}
	if d.chance(300, "after_agent") {
		web.AfterAgent = lifecycle.Nobody
	}
	if d.chance(300, "on_return") {
		web.OnReturn = lifecycle.Bot
	}
	if d.chance(300, "debounce") {
		web.Debounce = 2 * time.Second
	}
	web.Failback = d.chance(800, "failback")
	line := web
	line.Name, line.DeskLine, line.OnReturn, line.Failback = "line", true, lifecycle.Queue, false
	return map[string]lifecycle.Channel{"web": web, "line": line}
}

// seedStore fails now and then, before or after the fact, and the host may die
// on either side of a commit.
type seedStore struct {
	bridge.Store
	h        *seedHost
	n, saves atomic.Int64 // commits and saves of cursors so far
}

func (s *seedStore) Commit(ctx context.Context, group []bridge.Commit) ([]error, error) {
	n := s.n.Add(1)
	d, calm := s.h.w.dice, s.h.w.calm.Load()
	if s.h.maybeDies(4, "before commit ", n) {
		return nil, errDown
	}
	if !calm && d.chance(8, "disk full", s.h.life, n) {
		return nil, errors.New("no space left on device")
	}
	results, err := s.Store.Commit(ctx, group)
	if s.h.maybeDies(4, "after commit ", n) {
		return nil, errDown
	}
	if !calm && d.chance(8, "commit in doubt", s.h.life, n) {
		return nil, errors.New("input/output error")
	}
	return results, err
}

func (s *seedStore) SaveCursors(ctx context.Context, cursors map[bot.ConversationID]bridge.Cursors) error {
	if s.h.dead.Load() || s.h.w.dice.chance(300, "cursors", s.h.life, s.saves.Add(1)) {
		return errDown
	}
	return s.Store.SaveCursors(ctx, cursors)
}

// putTurns are the turns that each message was put to a bot in, and the
// messages that a bot was told of as said earlier.
type putTurns struct {
	mu    sync.Mutex
	turns map[string]map[bot.TurnID]bool
	told  map[string]bool
}

func newPutTurns() *putTurns {
	return &putTurns{turns: map[string]map[bot.TurnID]bool{}, told: map[string]bool{}}
}

func (p *putTurns) add(turn bot.TurnID, messages []bot.Message, earlier []bot.HistoryMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range earlier {
		p.told[numberIn(m.Text)] = true
	}
	for _, m := range messages {
		id := numberIn(m.Text)
		if p.turns[id] == nil {
			p.turns[id] = map[bot.TurnID]bool{}
		}
		p.turns[id][turn] = true
	}
}

// seedBot answers, thinks for too long, breaks, hands off and ends, as the
// dice have it.
type seedBot struct{ h *seedHost }

func (b *seedBot) Turn(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	w, d := b.h.w, b.h.w.dice
	about := func(what string) []any { return []any{"bot", what, t.ID, t.Attempt} }
	if b.h.dead.Load() {
		return errDown
	}
	if w.botDown() {
		return bot.Permanent(errors.New("it has crashed again and again"))
	}
	messages, earlier := t.Messages, t.History
	if s := t.AgentSessionEnded; s != nil {
		messages, earlier = s.Waiting, append(earlier, s.Messages...)
	}
	w.put.add(t.ID, messages, earlier)
	w.tell("%s: turn %.4s attempt %d: %q", t.Conversation, t.ID, t.Attempt, t.Text())
	b.h.maybeDies(6, about("turn")...)
	think := d.wait(0, 2*time.Second, about("think")...)
	if !w.calm.Load() && d.chance(30, about("asleep")...) {
		think = 25 * time.Second
	}
	if !rest(ctx, think) {
		return context.Cause(ctx)
	}
	if w.botDown() {
		return errors.New("its process has ended")
	}
	if err := reply.Say(fmt.Sprintf("re %.6s", t.ID)); err != nil {
		return err
	}
	if rest(ctx, d.wait(0, time.Second, about("more")...)); d.chance(300, about("more")...) {
		if err := reply.Say(fmt.Sprintf("and %.6s", t.ID)); err != nil {
			return err
		}
	}
	switch roll := d.roll(100, about("end")...); {
	case !w.calm.Load() && roll < 6:
		return errors.New("broken")
	case !w.calm.Load() && roll < 8:
		return bot.Permanent(errors.New("broken for good"))
	case t.CustomerLeft:
		return nil
	case wantsPerson(t) || roll < 10:
		return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
	case roll < 14:
		return reply.End(bot.End{})
	case roll < 17:
		reply.SetTimer("nudge", time.Minute)
	}
	return nil
}

// rest waits, unless ctx ends first.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

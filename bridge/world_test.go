package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/filestore"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// world is an engine with everything around it, inside a synctest bubble:
// time stands still unless everybody waits.
type world struct {
	t       *testing.T
	ctx     context.Context
	path    string
	store   *faultyStore
	engine  *bridge.Engine
	stop    func()
	desk    *fakeDesk
	line    *fakeLine
	bots    fakeBots
	ready   func(bot string) time.Time // since when
	channel lifecycle.Channel
	events  int
	log     slog.Handler // of engines started from now on
	unclean bool         // the run before them was cut off
	redact  func(string) string
	around  func(bridge.Store) bridge.Store // what is between engine and store; nil: nothing
}

// inWorld runs a test in a bubble, with a bot and a running engine.
func inWorld(t *testing.T, b bot.Bot, test func(*world)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "patchbay.db")
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			t: t, ctx: t.Context(), path: path, log: slog.DiscardHandler,
			desk: newFakeDesk(), line: newFakeLine(), bots: fakeBots{"faq": b},
			channel: lifecycle.Channel{
				Name: "web", Bot: "faq", Desk: "acme",
				Targets:      map[string]lifecycle.Target{"default": {Queue: "101", DeskChannel: "Web"}},
				NoAgentAfter: 10 * time.Minute, TransferGrace: 5 * time.Second, TurnDeadline: 20 * time.Second,
				OnFailure: lifecycle.Queue, AfterAgent: lifecycle.Bot, OnReturn: lifecycle.Queue,
				DeskCan: lifecycle.Capabilities{Typing: true},
			},
		}
		w.start()
		defer func() { w.stop() }()
		test(w)
	})
}

// start opens the store and runs an engine on it.
func (w *world) start() {
	w.t.Helper()
	log := slog.New(w.log)
	store, err := sqlstore.Open(w.ctx, w.path, sqlstore.Options{NoSync: true, Log: log})
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = &faultyStore{Store: store}
	if w.around != nil {
		w.store.Store = w.around(store)
	}
	files, err := filestore.Open(filepath.Join(filepath.Dir(w.path), "files"), filestore.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	engine, err := bridge.New(bridge.Config{
		Store: w.store, Bots: w.bots, ReadySince: w.ready, Attachments: files,
		Desks: map[string]bridge.Desk{"acme": w.desk}, Lines: map[string]bridge.Line{"web": w.line},
		Channels: map[string]lifecycle.Channel{w.channel.Name: w.channel}, Logger: log, KeepLoaded: 64, Unclean: w.unclean, Redact: w.redact,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine = engine
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
		w.unclean = engine.Unclean()
		if err := store.Close(); err != nil {
			w.t.Error(err)
		}
	})
}

// restart stops the engine and runs another one on the same file.
func (w *world) restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

// restartCutOff is a restart after an end that was not in order.
func (w *world) restartCutOff() {
	w.t.Helper()
	w.stop()
	w.unclean = true
	w.start()
}

// receive takes an event in that must be durable then.
func (w *world) receive(ev lifecycle.Event) int64 {
	w.t.Helper()
	w.events++
	if ev.ID == "" {
		ev.ID = fmt.Sprintf("e%d", w.events)
	}
	n, err := w.engine.Receive(w.ctx, ev)
	if err != nil {
		w.t.Fatalf("%s: %v", ev.Kind, err)
	}
	synctest.Wait()
	return n
}

// pass lets time pass, and everything happen that happens then.
func (w *world) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (w *world) says(text string) int64 {
	w.t.Helper()
	return w.receive(lifecycle.Event{
		Kind: lifecycle.EventSaid, Conversation: "c1", Channel: "web", Message: &bot.Message{Text: text},
		Customer: &bot.Customer{ID: "u1", Name: "Kim"},
	})
}

// ticket is an event of the desk's newest ticket.
func (w *world) ticket(kind lifecycle.EventKind, agent, text string) int64 {
	w.t.Helper()
	ev := lifecycle.Event{
		Kind: kind, Desk: "acme", Ticket: w.desk.newest(), DeskTime: time.Now(), Queue: "101",
		Agent: bot.Agent{ID: agent},
	}
	if text != "" {
		ev.Message = &bot.Message{Text: text}
	}
	return w.receive(ev)
}

func (w *world) conversation() lifecycle.Conversation {
	w.t.Helper()
	c, err := w.engine.Conversation(w.ctx, "c1")
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) heldBy(holder lifecycle.Holder) {
	w.t.Helper()
	if c := w.conversation(); c.Holder != holder {
		w.t.Fatalf("held by %s (%s), want %s\n%s", c.Holder, c.Reason, holder, strings.Join(w.journal(), "\n"))
	}
}

// journal is the journal, a line an entry.
func (w *world) journal() []string {
	w.t.Helper()
	entries, err := w.engine.Entries(w.ctx, "c1", 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		line := fmt.Sprintf("%d %s %s", e.Number, e.Kind, e.Author)
		if e.Message != nil {
			line += " " + e.Message.Text
		}
		lines = append(lines, strings.TrimSpace(line+" "+string(e.Status)))
	}
	return lines
}

// customerSees is what the customer is told: texts and handoff statuses.
func (w *world) customerSees() []string {
	w.t.Helper()
	entries, err := w.engine.Entries(w.ctx, "c1", 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	var seen []string
	for _, e := range entries {
		switch {
		case !e.To.Has(lifecycle.ToCustomer):
		case e.Message != nil:
			seen = append(seen, e.Message.Text)
		case e.Status != "":
			seen = append(seen, "<"+string(e.Status)+">")
		}
	}
	return seen
}

// faultyStore fails commits on demand.
type faultyStore struct {
	bridge.Store
	mu     sync.Mutex
	fail   int
	doubt  bool // the next commit is durable, and fails
	groups []int
	slow   time.Duration // that each commit takes
	// forgetful: cursors are not saved. unreadable: no conversation is.
	forgetful, unreadable atomic.Bool
	// beforeErase is called before a conversation is erased; nil: nothing is.
	beforeErase func()
}

func (s *faultyStore) Load(ctx context.Context, id bot.ConversationID) (bridge.Stored, error) {
	if s.unreadable.Load() {
		return bridge.Stored{}, errors.New("input/output error")
	}
	return s.Store.Load(ctx, id)
}

func (s *faultyStore) Erase(ctx context.Context, e bridge.Erasure) error {
	if s.beforeErase != nil && !e.Done {
		s.beforeErase()
	}
	return s.Store.Erase(ctx, e)
}

func (s *faultyStore) SaveCursors(ctx context.Context, cursors map[bot.ConversationID]bridge.Cursors) error {
	if s.forgetful.Load() {
		return nil
	}
	return s.Store.SaveCursors(ctx, cursors)
}

func (s *faultyStore) Commit(ctx context.Context, group []bridge.Commit) ([]error, error) {
	s.mu.Lock()
	s.groups = append(s.groups, len(group))
	fail, doubt, slow := s.fail > 0, s.doubt, s.slow
	if fail {
		s.fail--
	}
	s.doubt = false
	s.mu.Unlock()
	time.Sleep(slow)
	if fail {
		return nil, errors.New("no space left on device")
	}
	results, err := s.Store.Commit(ctx, group)
	if doubt {
		return nil, errors.New("input/output error")
	}
	return results, err
}

// doubtNext lets the next commit fail after the fact.
func (s *faultyStore) doubtNext() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubt = true
}

func (s *faultyStore) failNext(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = n
}

// takes lets each commit take its time.
func (s *faultyStore) takes(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = d
}

// failSlowly lets commits take their time, and the next one fail.
func (s *faultyStore) failSlowly(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow, s.fail = d, 1
}

type fakeBots map[string]bot.Bot

func (b fakeBots) Bot(name string) (bot.Bot, bool) {
	found, ok := b[name]
	return found, ok && found != nil
}

// fakeLine notes that it was woken.
type fakeLine struct {
	mu     sync.Mutex
	woken  map[bot.ConversationID]int64
	typing []bridge.Typing
}

func newFakeLine() *fakeLine { return &fakeLine{woken: map[bot.ConversationID]int64{}} }

func (l *fakeLine) Wake(id bot.ConversationID, number int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.woken[id] = number
}

func (l *fakeLine) Typing(_ bot.ConversationID, t bridge.Typing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.typing = append(l.typing, t)
}

// fakeDesk is a contact centre that does what it is told to do wrong.
type fakeDesk struct {
	mu      sync.Mutex
	opened  []bridge.Opening
	sent    map[string][]bridge.Outgoing
	left    []string
	faults  []fault
	calls   []string
	history int
	// assigned queue by ticket; over: every ticket is.
	assigned map[string]string
	script   string
	over     bool
	// files at the desk, by ticket/id.
	files   map[string]string
	signals []bridge.Signal
}

// fault is what happens to the next call of a name.
type fault struct {
	call string
	// done: it is carried out all the same.
	done bool
	// hang: there is no answer until the caller gives up.
	hang bool
	err  *bridge.DeskError
}

func newFakeDesk() *fakeDesk {
	return &fakeDesk{sent: map[string][]bridge.Outgoing{}, history: 200, assigned: map[string]string{}}
}

func (d *fakeDesk) fault(f ...fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, f...)
}

// do carries a call out, or the fault that is set for it.
func (d *fakeDesk) do(ctx context.Context, call string, f func()) error {
	d.mu.Lock()
	d.calls = append(d.calls, call)
	i := slices.IndexFunc(d.faults, func(f fault) bool { return f.call == call })
	if i < 0 {
		f()
		d.mu.Unlock()
		return nil
	}
	fault := d.faults[i]
	d.faults = slices.Delete(d.faults, i, i+1)
	if fault.done {
		f()
	}
	d.mu.Unlock()
	if fault.hang {
		<-ctx.Done()
		return &bridge.DeskError{Kind: bridge.DeskUnavailable, Doubt: true, Err: ctx.Err()}
	}
	return fault.err
}

func (d *fakeDesk) Open(ctx context.Context, o bridge.Opening) (string, error) {
	var id string
	err := d.do(ctx, "open", func() {
		d.opened = append(d.opened, o)
		id = fmt.Sprintf("T%d", len(d.opened))
		d.sent[id] = slices.Clone(o.History)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

func (d *fakeDesk) FindOpened(ctx context.Context, m lifecycle.Marker) (string, error) {
	var id string
	err := d.do(ctx, "find", func() {
		for i, o := range d.opened {
			if o.Marker == m {
				id = fmt.Sprintf("T%d", i+1)
			}
		}
	})
	return id, err
}

func (d *fakeDesk) Send(ctx context.Context, ticket string, m bridge.Outgoing) error {
	return d.do(ctx, "send", func() { d.sent[ticket] = append(d.sent[ticket], m) })
}

func (d *fakeDesk) Sent(ctx context.Context, ticket string, limit int) ([]bridge.Outgoing, error) {
	var sent []bridge.Outgoing
	err := d.do(ctx, "sent", func() {
		sent = slices.Clone(d.sent[ticket])
		sent = sent[max(0, len(sent)-limit):]
	})
	return sent, err
}

func (d *fakeDesk) Leave(ctx context.Context, ticket string) error {
	return d.do(ctx, "leave", func() { d.left = append(d.left, ticket) })
}

func (d *fakeDesk) Assign(ctx context.Context, ticket string, t lifecycle.Target) error {
	return d.do(ctx, "assign", func() { d.assigned[ticket], d.script = t.Queue, t.Script })
}

func (d *fakeDesk) HandBack(ctx context.Context, ticket, _ string) error {
	return d.do(ctx, "hand back", func() {})
}

func (d *fakeDesk) Look(ctx context.Context, ticket string) (bridge.TicketState, error) {
	var state bridge.TicketState
	err := d.do(ctx, "look", func() {
		state = bridge.TicketState{Queue: d.assigned[ticket], Script: d.script, Over: d.over}
	})
	return state, err
}

func (d *fakeDesk) Signal(ctx context.Context, ticket string, s bridge.Signal) error {
	return d.do(ctx, "signal", func() { d.signals = append(d.signals, s) })
}

func (d *fakeDesk) Fetch(ctx context.Context, ticket, attachment string) (bridge.File, error) {
	var file bridge.File
	err := d.do(ctx, "fetch", func() {
		content := d.files[ticket+"/"+attachment]
		file = bridge.File{Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}}
	})
	return file, err
}

func (d *fakeDesk) Capabilities() lifecycle.Capabilities {
	return lifecycle.Capabilities{Typing: true, History: d.history, Properties: 30}
}

// closeAll ends every ticket, without telling anybody.
func (d *fakeDesk) closeAll() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
}

func (d *fakeDesk) newest() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprintf("T%d", len(d.opened))
}

// texts are what a ticket has of ours, as "customer: text".
func (d *fakeDesk) texts(ticket string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var texts []string
	for _, m := range d.sent[ticket] {
		texts = append(texts, string(m.Author)+": "+m.Text)
	}
	return texts
}

// echo answers each message, and hands off when asked for a person.
var echo = bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	switch {
	case t.AgentSessionEnded != nil:
		return reply.Say(fmt.Sprintf("%d agents, %d waiting", len(t.AgentSessionEnded.Agents), len(t.AgentSessionEnded.Waiting)))
	case t.HandoffOutcome != nil:
		return reply.Say("handoff " + string(t.HandoffOutcome.Result))
	case t.CustomerLeft:
		return nil
	case strings.Contains(t.Text(), "person"):
		reply.SetProperty("topic", "people")
		return reply.Handoff(bot.Handoff{Reason: "asked for a person", Summary: "wants a person"})
	case strings.Contains(t.Text(), "bye"):
		return reply.End(bot.End{Reason: "said bye"})
	}
	return reply.Say("You said: " + t.Text())
})

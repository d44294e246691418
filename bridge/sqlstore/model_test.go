package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestModel runs any commits, groups of them, cursors and openings against a
// model that keeps everything in maps.
func TestModel(t *testing.T) {
	dir, runs := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		path := filepath.Join(dir, fmt.Sprint(runs, ".db"))
		m := &model{path: path, numbers: map[bot.ConversationID]int64{}, states: map[bot.ConversationID]lifecycle.Conversation{},
			floor: map[bot.ConversationID]bridge.Cursors{}, cursors: map[bot.ConversationID]bridge.Cursors{}, desk: map[bot.ConversationID]int64{},
			taken: map[string]bool{}, tickets: map[string]bot.ConversationID{}, parked: map[string]string{}}
		m.open(t)
		defer func() {
			m.store.Close()
			os.Remove(path)
		}()
		t.Repeat(map[string]func(*rapid.T){
			"":        m.check,
			"commit":  m.commit,
			"cursors": m.save,
			"flush":   m.flush,
			"reopen":  m.reopen,
			"crash":   m.crash,
			"fail":    m.fail,
		})
	})
}

type model struct {
	path  string
	store *Store

	numbers map[bot.ConversationID]int64
	states  map[bot.ConversationID]lifecycle.Conversation
	// cursors are between those of the commits and the newest ones, which a
	// crash may lose.
	floor, cursors map[bot.ConversationID]bridge.Cursors
	desk           map[bot.ConversationID]int64
	order          []bot.ConversationID // newest change last
	taken          map[string]bool
	tickets        map[string]bot.ConversationID
	parked         map[string]string // event to ticket
}

var (
	someID     = rapid.SampledFrom([]bot.ConversationID{"a", "b", "c"})
	someEvents = rapid.SliceOfN(rapid.StringMatching(`e[0-9]`), 0, 3)
	someTicket = rapid.StringMatching(`t[0-3]`)
	someHolder = rapid.SampledFrom([]lifecycle.Holder{lifecycle.Nobody, lifecycle.Bot, lifecycle.Queue, lifecycle.Agent})
)

func (m *model) open(t *rapid.T) {
	var err error
	if m.store, err = Open(background(), m.path, Options{WriteBehind: time.Hour, NoSync: true}); err != nil {
		t.Fatal(err)
	}
}

func (m *model) close(t *rapid.T) {
	if err := m.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// rarely skips two of three: opening takes long, above all under the race
// detector.
func rarely(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "rarely") != 0 {
		t.Skip()
	}
}

func (m *model) reopen(t *rapid.T) {
	rarely(t)
	m.close(t)
	m.open(t)
}

// crash leaves the file as it is, with nothing written behind.
func (m *model) crash(t *rapid.T) {
	rarely(t)
	m.store.writing.Lock()
	m.store.distrust()
	m.store.writing.Unlock()
	m.close(t)
	m.open(t)
}

// fail makes the store doubt what it knows, as an error of COMMIT does.
func (m *model) fail(t *rapid.T) {
	m.store.writing.Lock()
	defer m.store.writing.Unlock()
	m.store.distrust()
}

func (m *model) flush(t *rapid.T) {
	m.store.writing.Lock()
	defer m.store.writing.Unlock()
	if m.store.write == nil {
		return
	}
	f := m.store.newFlush()
	if rapid.Bool().Draw(t, "abandoned") {
		return
	}
	if _, err := f.step(); err != nil {
		t.Fatal(err)
	}
}

func (m *model) save(t *rapid.T) {
	id := someID.Draw(t, "id")
	c := bridge.Cursors{Desk: rapid.Int64Range(0, 9).Draw(t, "desk"), Observe: rapid.Int64Range(0, 9).Draw(t, "observe")}
	if err := m.store.SaveCursors(background(), map[bot.ConversationID]bridge.Cursors{id: c}); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.states[id]; ok {
		m.cursors[id] = furthest(m.cursors[id], c)
	}
}

func furthest(a, b bridge.Cursors) bridge.Cursors {
	return bridge.Cursors{Desk: max(a.Desk, b.Desk), Observe: max(a.Observe, b.Observe)}
}

func (m *model) commit(t *rapid.T) {
	var group []bridge.Commit
	guess := map[bot.ConversationID]int64{}
	for range rapid.IntRange(1, 5).Draw(t, "commits") {
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			group = append(group, parking(rapid.StringMatching(`e[0-9]`).Draw(t, "event"), someTicket.Draw(t, "ticket")))
			continue
		}
		id := someID.Draw(t, "id")
		n := rapid.SampledFrom([]int{1, 1, 1, 1, 1, 2, 2, 0, 0, 33}).Draw(t, "entries")
		after := m.numbers[id] + guess[id] + rapid.SampledFrom([]int64{0, 0, 0, 0, 1}).Draw(t, "off by")
		guess[id] += int64(n)
		c := said(id, after, n, someEvents.Draw(t, "events")...)
		c.Conversation.Holder = someHolder.Draw(t, "holder")
		for i := range c.Entries {
			if rapid.IntRange(0, 3).Draw(t, "to desk") == 0 {
				c.Entries[i].To |= lifecycle.ToDesk
			}
		}
		if rapid.Bool().Draw(t, "bind") {
			c.Bind = []bridge.Ticket{{Desk: "acme", ID: someTicket.Draw(t, "ticket")}}
		}
		c.Cursors.Desk = rapid.Int64Range(0, 5).Draw(t, "cursor")
		if rapid.Bool().Draw(t, "unpark") {
			m.unpark(t, &c)
		}
		group = append(group, c)
	}
	errs, err := m.store.Commit(background(), group)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range group {
		want := m.apply(c)
		got := errs[i]
		if diff := cmp.Diff(fmt.Sprintf("%T%+v", want, want), fmt.Sprintf("%T%+v", got, got)); diff != "" {
			t.Fatalf("commit %d (-want +got):\n%s", i, diff)
		}
	}
}

// unpark lets a commit take in a parked event.
func (m *model) unpark(t *rapid.T, c *bridge.Commit) {
	parked, err := m.store.Parked(background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(parked) > 0 {
		p := rapid.SampledFrom(parked).Draw(t, "parked")
		c.Unpark = []int64{p.ID}
		c.Events = []string{p.Event.ID}
	}
}

// apply is what a store does with a commit.
func (m *model) apply(c bridge.Commit) error {
	if c.Park != nil {
		if m.taken[c.Park.ID] {
			return &bridge.RepeatedError{Events: []string{c.Park.ID}}
		}
		if id := m.tickets[c.Park.Ticket]; id != "" {
			return &bridge.BoundError{Conversation: id}
		}
		m.taken[c.Park.ID], m.parked[c.Park.ID] = true, c.Park.Ticket
		return nil
	}
	id := c.Conversation.ID
	if m.numbers[id] != c.Expected {
		return bridge.ErrConflict
	}
	var repeated []string
	for _, event := range c.Events {
		_, waits := m.parked[event]
		if m.taken[event] && !(waits && len(c.Unpark) > 0) && !slices.Contains(repeated, event) {
			repeated = append(repeated, event)
		}
	}
	if repeated != nil {
		return &bridge.RepeatedError{Events: repeated}
	}
	for _, ticket := range c.Bind {
		if other := m.tickets[ticket.ID]; other != "" && other != id {
			return &bridge.BoundError{Conversation: other}
		}
	}
	for _, ticket := range c.Bind {
		m.tickets[ticket.ID] = id
	}
	for _, event := range c.Events {
		m.taken[event] = true
		if len(c.Unpark) > 0 {
			delete(m.parked, event)
		}
	}
	m.numbers[id], m.states[id] = c.Conversation.Number, c.Conversation
	for _, entry := range c.Entries {
		if entry.To.Has(lifecycle.ToDesk) {
			m.desk[id] = entry.Number
		}
	}
	m.floor[id], m.cursors[id] = furthest(m.floor[id], c.Cursors), furthest(m.cursors[id], c.Cursors)
	m.order = append(slices.DeleteFunc(m.order, func(o bot.ConversationID) bool { return o == id }), id)
	return nil
}

// check reads everything that a store can be asked.
func (m *model) check(t *rapid.T) {
	ctx := background()
	var want []bot.ConversationID
	for _, id := range []bot.ConversationID{"a", "b", "c"} {
		stored, err := m.store.Load(ctx, id)
		state, ok := m.states[id]
		if !ok {
			if !errors.Is(err, bridge.ErrNotFound) {
				t.Fatalf("load %s: %v", id, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		m.equal(t, "conversation", stored.Conversation, state)
		if c := stored.Cursors; c != furthest(c, m.floor[id]) || m.cursors[id] != furthest(c, m.cursors[id]) {
			t.Fatalf("cursors of %s are %v, want %v to %v", id, c, m.floor[id], m.cursors[id])
		}
		if m.desk[id] > stored.Cursors.Desk {
			want = append(want, id)
		}
	}
	if id := someID.Draw(t, "id"); m.numbers[id] > 0 {
		m.checkEntries(t, id)
	}
	var work []bot.ConversationID
	got, err := m.store.Work(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range got {
		work = append(work, w.ID)
	}
	slices.Sort(work)
	m.equal(t, "work", work, want)
	m.checkList(t)
	parked, err := m.store.Parked(ctx, "", "")
	if err != nil || len(parked) != len(m.parked) {
		t.Fatalf("parked: %v, %v, want %v", parked, err, m.parked)
	}
	for ticket, id := range m.tickets {
		if got, err := m.store.Ticket(ctx, "acme", ticket); err != nil || got != id {
			t.Fatalf("ticket %s: %q, %v", ticket, got, err)
		}
	}
}

func (m *model) checkEntries(t *rapid.T, id bot.ConversationID) {
	number := m.numbers[id]
	after := rapid.Int64Range(0, number).Draw(t, "after")
	limit := rapid.IntRange(0, 80).Draw(t, "limit")
	entries, err := m.store.Entries(background(), id, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	var numbers, want []int64
	for _, entry := range entries {
		numbers = append(numbers, entry.Number)
	}
	for n := after + 1; n <= min(number, after+int64(limit)); n++ {
		want = append(want, n)
	}
	m.equal(t, "entries", numbers, want)
}

func (m *model) checkList(t *rapid.T) {
	filter := bridge.Filter{Limit: rapid.IntRange(0, 2).Draw(t, "limit")}
	if rapid.Bool().Draw(t, "held") {
		filter.Holder = someHolder.Draw(t, "holder")
	}
	list, err := m.store.List(background(), filter)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []bot.ConversationID
	for _, c := range list {
		got = append(got, c.ID)
	}
	for _, id := range slices.Backward(m.order) {
		if (filter.Holder == "" || m.states[id].Holder == filter.Holder) && (filter.Limit == 0 || len(want) < filter.Limit) {
			want = append(want, id)
		}
	}
	m.equal(t, "list", got, want)
}

func (m *model) equal(t *rapid.T, what string, got, want any) {
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

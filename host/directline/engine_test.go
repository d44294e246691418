package directline

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// memory is an engine in memory: it keeps a journal and wakes the line, and
// has no rules but the one that a conversation greets.
type memory struct {
	line bridge.Line

	mu      sync.Mutex
	journal map[bot.ConversationID]*kept
	events  map[string]int64
	seen    []lifecycle.Event
	typed   []bridge.Typing
	err     error
	// files by their id, how many times something was kept, and what is wrong
	// with keeping.
	files   map[string]string
	keeps   int
	keepErr error
}

type kept struct {
	conv    lifecycle.Conversation
	entries []lifecycle.Entry
}

func newMemory(line bridge.Line) *memory {
	return &memory{line: line, journal: map[bot.ConversationID]*kept{}, events: map[string]int64{}, files: map[string]string{}}
}

func (m *memory) Keep(_ context.Context, id bot.ConversationID, fileID string, file bot.Attachment, content io.Reader) (bot.Attachment, error) {
	text, err := io.ReadAll(content)
	if err != nil {
		return bot.Attachment{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keepErr != nil {
		return bot.Attachment{}, m.keepErr
	}
	m.keeps++
	m.files[string(id)+"/"+fileID] = string(text)
	file.URL, file.Data, file.Size = lifecycle.FileURL(lifecycle.FileKept, fileID), nil, int64(len(text))
	return file, nil
}

// contents are those of a message's files, by what it says of them.
func (m *memory) contents(ev lifecycle.Event) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	contents := []string{}
	for _, file := range ev.Message.Attachments {
		_, id := lifecycle.PlaceOf(file)
		contents = append(contents, file.Name+" "+file.ContentType+" "+m.files[string(ev.Conversation)+"/"+id])
	}
	return contents
}

func (m *memory) Receive(_ context.Context, ev lifecycle.Event) (int64, error) {
	number, err := m.take(ev)
	if err == nil {
		m.line.Wake(ev.Conversation, number)
	}
	return number, err
}

func (m *memory) take(ev lifecycle.Event) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return 0, m.err
	}
	if number, repeated := m.events[ev.ID]; repeated {
		return number, nil
	}
	k := m.journal[ev.Conversation]
	begins := ev.Kind == lifecycle.EventStarted || ev.Kind == lifecycle.EventSaid
	if k == nil && !begins {
		return 0, bridge.ErrNotFound
	}
	if k == nil {
		k = &kept{conv: lifecycle.Conversation{ID: ev.Conversation, Channel: ev.Channel}}
		m.journal[ev.Conversation] = k
	}
	if ev.Customer != nil {
		k.conv.Customer = *ev.Customer
	}
	if ev.Language != "" {
		k.conv.Language = ev.Language
	}
	e := lifecycle.Entry{
		Kind: lifecycle.EntryKind(ev.Kind), At: ev.At, Event: ev.ID, Detail: ev.Detail,
		Message: ev.Message, Action: ev.Action, ClientID: ev.ClientID,
	}
	if e.Said() {
		e.Author, e.AuthorID, e.Name = bot.AuthorCustomer, k.conv.Customer.ID, k.conv.Customer.Name
	}
	number := k.add(e)
	if ev.Kind == lifecycle.EventStarted {
		k.add(said(bot.AuthorBot, "", "faq", "Hello!"))
	}
	m.events[ev.ID] = number
	m.seen = append(m.seen, ev)
	return number, nil
}

// add appends entries as the rules would, and wakes the line.
func (m *memory) add(id bot.ConversationID, entries ...lifecycle.Entry) {
	m.mu.Lock()
	var number int64
	for _, e := range entries {
		number = m.journal[id].add(e)
	}
	m.mu.Unlock()
	m.line.Wake(id, number)
}

func (k *kept) add(e lifecycle.Entry) int64 {
	k.conv.Number++
	e.Number = k.conv.Number
	if e.At.IsZero() {
		e.At = noon
	}
	k.entries = append(k.entries, e)
	return e.Number
}

func (m *memory) Entries(_ context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.journal[id]
	if k == nil {
		return nil, bridge.ErrNotFound
	}
	from := min(after, int64(len(k.entries)))
	return slices.Clone(k.entries[from:min(int(from)+limit, len(k.entries))]), nil
}

func (m *memory) Conversation(_ context.Context, id bot.ConversationID) (lifecycle.Conversation, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.journal[id] == nil {
		return lifecycle.Conversation{}, bridge.ErrNotFound
	}
	return m.journal[id].conv, nil
}

func (m *memory) Typing(_ context.Context, _ bot.ConversationID, t bridge.Typing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.typed = append(m.typed, t)
}

// last is the newest event taken in.
func (m *memory) last() lifecycle.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen[len(m.seen)-1]
}

func (m *memory) taken() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen)
}

func (m *memory) failWith(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

// said is something said to the customer.
func said(author bot.Author, id, name, text string) lifecycle.Entry {
	return lifecycle.Entry{
		Kind: lifecycle.EntrySaid, To: lifecycle.ToCustomer,
		Author: author, AuthorID: id, Name: name, Message: &bot.Message{Text: text},
	}
}

// hidden is an entry that no customer sees.
func hidden() lifecycle.Entry {
	return lifecycle.Entry{Kind: lifecycle.EntryDone, To: lifecycle.ToBot, Detail: "hidden"}
}

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// handClock goes on by hand.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[int]timer
	next   int
}

type timer struct {
	at time.Time
	f  func()
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) AfterFunc(d time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timers == nil {
		c.timers = map[int]timer{}
	}
	c.next++
	n := c.next
	c.timers[n] = timer{c.now.Add(d), f}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, waiting := c.timers[n]
		delete(c.timers, n)
		return waiting
	}
}

// advance moves the time and calls what is due.
func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []func()
	for n, t := range c.timers {
		if !t.at.After(c.now) {
			due = append(due, t.f)
			delete(c.timers, n)
		}
	}
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
}

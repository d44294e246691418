package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Config is what an engine is made of. Desks, Lines, Channels, ReadbackAfter
// and CallTimeout may change while it runs; see [Engine.Configure].
type Config struct {
	Store       Store
	Bots        Bots
	Attachments Attachments
	// Desks and Lines by name; a channel's line is found by the channel's
	// name. A channel may be without a desk: its handoffs are refused.
	Desks map[string]Desk
	Lines map[string]Line
	// Channels by name.
	Channels map[string]lifecycle.Channel
	// ReadySince tells since when a bot has been ready to take turns; the zero
	// time: it is not. It is asked each second and must not block. Nil: no
	// failover undoes itself.
	ReadySince func(bot string) time.Time
	// Clock; nil: [RealClock].
	Clock Clock
	// Logger; nil: [slog.Default].
	Logger *slog.Logger
	// ReadbackAfter is how long a lost answer is waited for before reading
	// back what the desk has; 0: 3 s.
	ReadbackAfter time.Duration
	// CallTimeout bounds one call to a desk; 0: 10 s.
	CallTimeout time.Duration
	// MaxFile is the size of the largest file that is kept, in bytes; 0: 25 MiB.
	MaxFile int64
	// FileURL is an address at which a bot can have a file of a conversation
	// for some time: the one at index among those of an entry. Nil: bots get
	// no more than small files, inline.
	FileURL func(conversation bot.ConversationID, entry int64, index int, name string) string
	// Redact takes out of a text what agents are not to read later on: of the
	// history that a ticket is opened with, its reason and its summary, and of
	// what was said since. Always the same for the same text, or read-back finds
	// less; safe for concurrent use. Nil: nothing is taken out.
	Redact func(text string) string
	// Unclean: the last run was cut off, and may have put messages to a bot
	// that are not in the journal. Their senders will send them again.
	Unclean bool
	// KeepLoaded is how many conversations are kept in memory between
	// events; 0: 4096.
	KeepLoaded int
}

// What Receive answers.
var (
	// ErrUnavailable: the event could not be made durable. The sender keeps
	// it and sends it again.
	ErrUnavailable = errors.New("not durable")
	// ErrUnknownChannel: the event would begin a conversation on a channel
	// that is not configured.
	ErrUnknownChannel = errors.New("no such channel")
)

// Engine runs conversations. Its methods are safe for concurrent use.
type Engine struct {
	cfg    Config
	clock  Clock
	log    *slog.Logger
	commit *committer
	loaded *roster
	alarms *alarms
	saver  *saver
	index  *ticketIndex
	files  *files
	early  *earlyPut
	turns  turnGate
	stats  counters

	current     atomic.Pointer[settings]
	configuring sync.Mutex
	// erasing is held from the beginning of an erasure to its end.
	erasing sync.Mutex

	// ctx ends when the engine stops; work counts its goroutines.
	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup
}

// New makes an engine. It takes events in at once, behind those that an earlier
// run had parked; what else that has left to do is taken up by [Engine.Run].
func New(cfg Config) (*Engine, error) {
	if cfg.Store == nil || cfg.Bots == nil || cfg.Attachments == nil {
		return nil, errors.New("an engine needs a store, bots, and a place for attachments")
	}
	cfg = withDefaults(cfg)
	ctx, stop := context.WithCancel(context.Background())
	e := &Engine{
		cfg: cfg, clock: cfg.Clock, log: cfg.Logger,
		index: newTicketIndex(), files: newFiles(cfg.Attachments, cfg.MaxFile),
		early: newEarlyPut(cfg.Clock, cfg.Unclean),
		ctx:   ctx, stop: stop,
	}
	e.current.Store(e.made(Settings{
		Desks: cfg.Desks, Lines: cfg.Lines, Channels: cfg.Channels,
		ReadbackAfter: cfg.ReadbackAfter, CallTimeout: cfg.CallTimeout,
	}, nil))
	e.loaded = newRoster(cfg.KeepLoaded, func(id bot.ConversationID) *keeper { return newKeeper(e, id) })
	e.alarms = newAlarms(e.clock, e.wake)
	e.commit = newCommitter(cfg.Store, e.log)
	e.saver = newSaver(cfg.Store, e.clock, e.log)
	e.work.Go(func() { e.commit.run(ctx) })
	if err := e.sweep(ctx); err != nil {
		e.Close()
		return nil, fmt.Errorf("look over parked events: %w", err)
	}
	return e, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Clock == nil {
		cfg.Clock = RealClock{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.MaxFile == 0 {
		cfg.MaxFile = 25 << 20
	}
	if cfg.Redact == nil {
		cfg.Redact = func(text string) string { return text }
	}
	if cfg.KeepLoaded == 0 {
		cfg.KeepLoaded = 4096
	}
	return cfg
}

// Run takes up what an earlier run has left to do, and blocks until ctx is
// done. Then no more events are taken in, turns and calls under way are
// cancelled (they are taken up by the next run), and what is known is saved.
func (e *Engine) Run(ctx context.Context) error {
	if err := e.takeUp(ctx); err != nil && ctx.Err() == nil {
		e.Close()
		return fmt.Errorf("take up the work left: %w", err)
	}
	if e.cfg.ReadySince != nil {
		e.work.Go(func() { e.failback(e.ctx) })
	}
	<-ctx.Done()
	e.Close()
	return nil
}

// Close stops the engine and waits for its goroutines. Idempotent.
func (e *Engine) Close() {
	e.alarms.close()
	e.loaded.close()
	e.stop()
	e.work.Wait()
	e.saver.flush(context.WithoutCancel(e.ctx))
}

// Unclean reports whether the next run must be told that this one was cut off,
// even if it ends in order: a message that was put to a bot, and that is not in
// the journal, may still be sent again.
func (e *Engine) Unclean() bool { return e.early.any() }

// Conversation is a conversation as it stands. [ErrNotFound] if there is none.
func (e *Engine) Conversation(ctx context.Context, id bot.ConversationID) (lifecycle.Conversation, error) {
	if k := e.loaded.peek(id); k != nil {
		if c, ok := k.snapshot(); ok {
			return c, nil
		}
	}
	stored, err := e.cfg.Store.Load(ctx, id)
	return stored.Conversation, err
}

// Entries reads the journal of a conversation after number after, oldest
// first, at most limit entries. [ErrNotFound] if there is no conversation.
func (e *Engine) Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error) {
	if k := e.loaded.peek(id); k != nil {
		if entries, ok := k.recent(after, limit); ok {
			return entries, nil
		}
	}
	return e.cfg.Store.Entries(ctx, id, after, limit)
}

// List reads conversations for the operator, newest change first.
func (e *Engine) List(ctx context.Context, filter Filter) ([]lifecycle.Conversation, error) {
	return e.cfg.Store.List(ctx, filter)
}

// Typing passes on that the customer or an agent is typing, to whom it
// concerns. Best effort: it is kept nowhere.
func (e *Engine) Typing(ctx context.Context, id bot.ConversationID, t Typing) {
	c, err := e.Conversation(ctx, id)
	if err != nil {
		return
	}
	now := e.settings()
	ch := now.Channels[c.Channel]
	if t.Author != bot.AuthorCustomer {
		if line := now.Lines[c.Channel]; line != nil {
			line.Typing(id, t)
		}
		return
	}
	if (c.Holder == lifecycle.Agent || c.Holder == lifecycle.Queue) && ch.DeskCan.Typing {
		e.signal(c, ch, Signal{Author: bot.AuthorCustomer, Typing: &t.Typing})
	}
}

// signal shows something on a conversation's ticket, without waiting.
func (e *Engine) signal(c lifecycle.Conversation, ch lifecycle.Channel, s Signal) {
	now := e.settings()
	desk := now.Desks[ch.Desk]
	if desk == nil || c.Desk.Ticket == "" {
		return
	}
	e.work.Go(func() {
		ctx, cancel := context.WithTimeout(e.ctx, now.CallTimeout)
		defer cancel()
		if err := desk.Signal(ctx, c.Desk.Ticket, s); err != nil {
			e.log.Debug("signal to the desk", "conversation", c.ID, "err", err)
		}
	})
}

// TicketTyping is [Engine.Typing] for an agent, who is known by ticket.
func (e *Engine) TicketTyping(ctx context.Context, desk, ticket string, t Typing) {
	if id, err := e.bound(ctx, Ticket{desk, ticket}); err == nil {
		e.Typing(ctx, id, t)
	}
}

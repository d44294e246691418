package bridge

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// shareWithin is how long a message waits for its turn's end, so that
	// both share a commit.
	shareWithin = time.Millisecond
	// defaultTurnDeadline is for channels that do not say theirs.
	defaultTurnDeadline = 20 * time.Second
)

// flight is a turn that the bot is at.
type flight struct {
	k       *keeper
	turn    lifecycle.Turn
	began   lifecycle.Conversation // as it was when the turn began
	channel lifecycle.Channel
	bot     string // that answers
	cancel  context.CancelFunc
	ended   chan struct{}
	// abandoned: it was begun for a commit that failed, and nothing of it
	// counts. Used by the keeper's goroutine alone.
	abandoned bool
	// over: the turn's end has been handed in.
	over atomic.Bool

	mu   sync.Mutex
	said []*delivery // waits a moment for the turn's end
}

// turnLane puts the conversation's first turn to the bot, if it is not at it
// already. What is in flight and no longer wanted is cancelled, and has ended
// before the next one begins. Tail is the journal's end; not all of it may be
// committed yet.
func (k *keeper) turnLane(c lifecycle.Conversation, tail []lifecycle.Entry) {
	before := k.flight
	var wanted *lifecycle.Turn
	if len(c.Turns) > 0 && c.Turns[0].Ready {
		wanted = &c.Turns[0]
	}
	if before != nil && !before.abandoned && before.answers(c) {
		return
	}
	if before != nil {
		before.cancel()
	}
	if wanted == nil {
		return
	}
	ch, err := k.channel(c, lifecycle.Event{})
	if err != nil {
		k.e.log.Error("turn", "conversation", k.id, "err", err)
		return
	}
	if !k.e.turns.enter() {
		return // the next run begins it
	}
	deadline := c.Deadline(ch)
	if deadline <= 0 {
		deadline = defaultTurnDeadline
	}
	ctx, cancel := context.WithTimeoutCause(k.e.ctx, deadline, fmt.Errorf("no answer within %s", deadline))
	f := &flight{k: k, turn: *wanted, began: c, channel: ch, bot: c.Answers(ch), cancel: cancel, ended: make(chan struct{})}
	k.flight = f
	k.e.work.Go(func() {
		defer k.e.turns.leave()
		defer close(f.ended)
		defer cancel()
		if before != nil {
			<-before.ended
		}
		f.run(ctx, tail)
	})
}

// cuts reports whether the bot is at a turn that a conversation does not want any
// more. It is not cut off before that is durable.
func (k *keeper) cuts(c lifecycle.Conversation) bool {
	f := k.flight
	return f != nil && !f.abandoned && !f.over.Load() && !f.answers(c)
}

// abandon gives up a turn that was begun for a commit that failed, of events
// that will come again. It may still read the entries of that commit, so others
// must not take their place.
func (k *keeper) abandon(events []string) {
	k.mu.Lock()
	k.tail = slices.Clip(k.tail)
	k.mu.Unlock()
	f := k.flight
	if f == nil || f.answers(k.state) {
		return
	}
	k.e.early.add(events)
	f.abandoned = true
	f.cancel()
}

// answers reports whether the flight is of the turn that a conversation has
// the bot at.
func (f *flight) answers(c lifecycle.Conversation) bool {
	if len(c.Turns) == 0 || !c.Turns[0].Ready || c.Epoch != f.began.Epoch {
		return false
	}
	t := c.Turns[0]
	return t.ID == f.turn.ID && t.Before == f.turn.Before && t.Attempt == f.turn.Attempt
}

// run puts the turn to the bot. Everything that the bot does comes back as an
// event of the conversation's.
func (f *flight) run(ctx context.Context, tail []lifecycle.Entry) {
	b, ok := f.k.e.cfg.Bots.Bot(f.bot)
	if !ok {
		f.fail(&bot.Fail{Reason: fmt.Sprintf("there is no bot named %q", f.bot)})
		return
	}
	turn, err := f.k.turnFor(ctx, f.channel, f.began, f.turn, tail)
	if err != nil {
		f.fail(&bot.Fail{Reason: err.Error(), Retryable: true})
		return
	}
	turn.Deadline, _ = ctx.Deadline()
	if n := len(turn.Messages); n > 0 {
		f.signal(Signal{ReadAt: turn.Messages[n-1].At})
	}
	f.k.e.stats.turns.Add(1)
	faultpoint.Hit(faultpoint.BeforeBotCall)
	if err := bot.Run(ctx, b, turn, func(ev bot.Event) error { return f.emit(ctx, ev) }); err != nil {
		f.fail(&bot.Fail{Reason: err.Error(), Retryable: true})
	}
}

// emit takes one event of the bot's.
func (f *flight) emit(ctx context.Context, ev bot.Event) error {
	switch {
	case ev.Fail != nil:
		if cause := context.Cause(ctx); cause != nil && f.k.e.ctx.Err() == nil {
			ev.Fail.Reason = cause.Error()
		}
		f.fail(ev.Fail)
	case ctx.Err() != nil && ev.Done == nil: // too late
		if ev.Message != nil { // and the bot shall know
			f.post(f.delivery(lifecycle.EventBotSaid, ev))
		}
		return context.Cause(ctx)
	case ev.Typing != nil:
		f.typing(*ev.Typing)
	case ev.Message != nil:
		faultpoint.Hit(faultpoint.BotSaid)
		ev.Message.ID, ev.Message.At = "", time.Time{} // the host's own to set
		if err := f.keepFiles(ctx, ev.Seq, ev.Message); err != nil {
			return err
		}
		f.mu.Lock()
		f.said = append(f.said, f.delivery(lifecycle.EventBotSaid, ev))
		first := len(f.said) == 1
		f.mu.Unlock()
		if first {
			f.k.e.clock.AfterFunc(shareWithin, func() { f.post() })
		}
	default:
		faultpoint.Hit(faultpoint.AfterBotCall)
		f.over.Store(true)
		f.post(f.delivery(lifecycle.EventBotDone, ev))
	}
	return nil
}

// typing shows the customer that the bot is at work.
func (f *flight) typing(t bot.Typing) {
	if line := f.k.e.settings().Lines[f.channel.Name]; line != nil {
		line.Typing(f.k.id, Typing{Author: bot.AuthorBot, Name: f.bot, Typing: t})
	}
	f.signal(Signal{Typing: &t})
}

// signal shows a customer on a line of the desk's own what is not kept.
func (f *flight) signal(s Signal) {
	if f.channel.DeskLine && f.channel.LineCan.Typing {
		s.Author = bot.AuthorBot
		f.k.e.signal(f.began, f.channel, s)
	}
}

// keepFiles keeps the files that a message brings along. A turn that is put
// once more brings the same ones, under the same ids.
func (f *flight) keepFiles(ctx context.Context, seq int, m *bot.Message) error {
	m.Attachments = slices.Clone(m.Attachments)
	for i, file := range m.Attachments {
		if len(file.Data) == 0 {
			continue
		}
		id := fmt.Sprintf("bot/%s/%d/%d/%d", f.turn.ID, f.turn.Before, seq, i)
		kept, err := f.k.e.Keep(ctx, f.k.id, id, file, bytes.NewReader(file.Data))
		if err != nil {
			return err
		}
		m.Attachments[i] = kept
	}
	return nil
}

// fail ends the turn badly; after the engine has stopped it stays open, to be
// taken up by the next run.
func (f *flight) fail(fail *bot.Fail) {
	if f.k.e.ctx.Err() != nil {
		return
	}
	f.k.e.log.Warn("turn failed", "channel", f.channel.Name, "conversation", f.k.id, "bot", f.bot,
		"turn", f.turn.ID, "attempt", f.turn.Before+f.turn.Attempt, "err", fail.Reason)
	f.over.Store(true)
	f.post(f.delivery(lifecycle.EventBotFailed, bot.Event{Fail: fail}))
}

// post hands in what the bot has said so far, and more.
func (f *flight) post(more ...*delivery) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := append(f.said, more...)
	f.said = nil
	if len(all) > 0 {
		f.k.again(all...)
	}
}

func (f *flight) delivery(kind lifecycle.EventKind, ev bot.Event) *delivery {
	return &delivery{flight: f, event: lifecycle.Event{
		Kind: kind, At: f.k.e.now(), Turn: f.turn.ID, Attempt: f.turn.Attempt, Epoch: f.began.Epoch, Seq: ev.Seq,
		Message: ev.Message, Done: ev.Done, Fail: ev.Fail,
	}}
}

package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// What Erase answers.
var (
	// ErrOpen: the conversation is not at rest. It is in a queue or with an
	// agent, or something is left to do.
	ErrOpen = errors.New("the conversation is under way")
	// errYoung: its last entry is not old enough.
	errYoung = errors.New("the conversation is too young")
)

// erasure asks for a conversation to be erased.
type erasure struct {
	// before: only if its last entry is older; zero: whatever it is.
	before time.Time
}

// Erase removes a conversation with everything that the host keeps of it:
// journal, state, tickets, files. It does so only if the conversation rests,
// held by nobody or by the bot with nothing open; else [ErrOpen].
// [ErrNotFound] if there is none. What began and was cut off is completed by
// the next run. A customer who comes back after that is new.
func (e *Engine) Erase(ctx context.Context, id bot.ConversationID) error {
	return e.erase(ctx, id, erasure{})
}

func (e *Engine) erase(ctx context.Context, id bot.ConversationID, wish erasure) error {
	d := &delivery{erase: &wish, done: make(chan receipt, 1)}
	if !e.loaded.post(id, d) {
		return fmt.Errorf("%w: the host is stopping", ErrUnavailable)
	}
	select {
	case r := <-d.done:
		return r.err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-e.ctx.Done():
		return fmt.Errorf("%w: the host is stopping", ErrUnavailable)
	}
}

// erase erases the conversation, between two batches of mail: nothing of it is
// in memory then that could come back.
func (k *keeper) erase(wish erasure) error {
	if err := k.load(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	k.mu.Lock()
	c, tail := k.state, k.tail
	busy := k.desk.running || k.observing || k.desk.last > k.cursors.Desk
	k.mu.Unlock()
	switch {
	case c.Number == 0:
		return ErrNotFound
	case len(tail) > 0 && !wish.before.IsZero() && !tail[len(tail)-1].At.Before(wish.before):
		return errYoung
	case busy, !c.Rests(), k.e.files.busy(k.id):
		return ErrOpen
	}
	again, err := k.beginning()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	k.e.erasing.Lock()
	defer k.e.erasing.Unlock()
	k.e.saver.forget(k.id)
	if err := k.e.cfg.Store.Erase(k.e.ctx, Erasure{Conversation: k.id, Again: again}); err != nil {
		k.mu.Lock()
		k.known = false
		k.mu.Unlock()
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	k.forget()
	if line := k.e.settings().Lines[c.Channel]; line != nil {
		line.Wake(k.id, 0)
	}
	return k.e.eraseRest(k.e.ctx, k.id)
}

// beginning is the event that the conversation began with, if its line begins
// every conversation of this id with the same one.
func (k *keeper) beginning() ([]string, error) {
	entries, err := k.e.cfg.Store.Entries(k.e.ctx, k.id, 0, 1)
	if err != nil || len(entries) == 0 || entries[0].Event == "" {
		return nil, err
	}
	return []string{entries[0].Event}, nil
}

// forget drops what is in memory of the conversation.
func (k *keeper) forget() {
	k.flight = nil
	k.e.index.forget(k.id)
	k.e.alarms.at(k.id, time.Time{})
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state, k.tail, k.cursors = lifecycle.Conversation{}, nil, Cursors{}
	k.desk.last, k.desk.doubt, k.desk.begun = 0, 0, 0
}

// eraseRest removes what others keep of a conversation that the store has
// erased.
func (e *Engine) eraseRest(ctx context.Context, id bot.ConversationID) error {
	if err := e.cfg.Attachments.Erase(ctx, id); err != nil {
		return fmt.Errorf("erase files: %w", err)
	}
	if err := e.cfg.Store.Erase(ctx, Erasure{Conversation: id, Done: true}); err != nil {
		return fmt.Errorf("note erasure: %w", err)
	}
	e.stats.erased.Add(1)
	e.log.Info("conversation erased", "conversation", id)
	return nil
}

// expire erases the conversations that their channel does not keep any
// longer, and completes erasures that were cut off.
func (e *Engine) expire(ctx context.Context) error {
	problems := []error{e.complete(ctx)}
	for name, ch := range e.settings().Channels {
		if ch.Keep > 0 {
			problems = append(problems, e.expireChannel(ctx, name, e.now().Add(-ch.Keep)))
		}
	}
	return errors.Join(problems...)
}

// complete goes on with erasures that were cut off. The files stay if the
// customer has come back meanwhile: nobody could tell the new ones from the old.
func (e *Engine) complete(ctx context.Context) error {
	e.erasing.Lock()
	defer e.erasing.Unlock()
	work, err := e.cfg.Store.Work(ctx)
	if err != nil {
		return fmt.Errorf("list erasures: %w", err)
	}
	var problems []error
	for _, w := range work {
		if !w.Erased {
			continue
		}
		switch _, err := e.cfg.Store.Load(ctx, w.ID); {
		case errors.Is(err, ErrNotFound):
			problems = append(problems, e.eraseRest(ctx, w.ID))
		case err != nil: // nobody knows; the next time
			problems = append(problems, err)
		default:
			e.log.Warn("files of an erased conversation are left: its customer has come back", "conversation", w.ID)
			problems = append(problems, e.cfg.Store.Erase(ctx, Erasure{Conversation: w.ID, Done: true}))
		}
	}
	return errors.Join(problems...)
}

// expireChannel erases those of a channel whose last entry is from before a
// time. Those that have something open are looked at again the next time.
func (e *Engine) expireChannel(ctx context.Context, channel string, before time.Time) error {
	const page = 100
	var problems []error
	for skip := 0; ; {
		list, err := e.cfg.Store.List(ctx, Filter{Channel: channel, Oldest: true, Skip: skip, Limit: page})
		if err != nil {
			return fmt.Errorf("list conversations: %w", err)
		}
		for _, c := range list {
			switch err := e.erase(ctx, c.ID, erasure{before: before}); {
			case errors.Is(err, errYoung):
				return errors.Join(problems...) // all that follow are younger
			case errors.Is(err, ErrOpen):
				skip++
			case err != nil && !errors.Is(err, ErrNotFound): // one that cannot be read holds up no other
				problems = append(problems, fmt.Errorf("erase conversation %s: %w", c.ID, err))
				skip++
			}
		}
		if len(list) < page || e.ctx.Err() != nil {
			return errors.Join(problems...)
		}
	}
}

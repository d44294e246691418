package bridge

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// Settings are what may change while an engine runs; see [Config], which has
// the first ones, for what they mean.
type Settings struct {
	Desks                      map[string]Desk
	Lines                      map[string]Line
	Channels                   map[string]lifecycle.Channel
	ReadbackAfter, CallTimeout time.Duration
}

// settings are the engine's own copy, and never changed.
type settings struct {
	Settings
	gates map[string]*gate
}

// settings are those that count now. Whoever needs several of them takes them
// once, so that they belong together.
func (e *Engine) settings() *settings { return e.current.Load() }

// Configure replaces the settings, all at once. Turns and calls under way end
// as they began; everything else goes by the new ones from then on. What waits
// for a desk is tried at once. A conversation whose channel is gone rests as it
// is until its channel is back. With an error the new settings count, and of
// those who have rested some do so until their next event. Safe for concurrent
// use.
func (e *Engine) Configure(ctx context.Context, s Settings) error {
	e.configuring.Lock()
	defer e.configuring.Unlock()
	before := e.settings()
	e.current.Store(e.made(s, before.gates))
	for _, id := range e.loaded.ids() {
		e.wake(id)
	}
	back := map[string]bool{}
	for name := range s.Channels {
		if _, was := before.Channels[name]; !was {
			back[name] = true
		}
	}
	if len(back) == 0 {
		return nil
	}
	work, err := e.cfg.Store.Work(ctx)
	if err != nil {
		return fmt.Errorf("list conversations: %w", err)
	}
	for _, w := range work {
		if back[w.Channel] && !w.Erased {
			e.wake(w.ID)
		}
	}
	return nil
}

// made is the engine's copy of settings. A desk that asks to wait is waited
// for whatever changes.
func (e *Engine) made(s Settings, gates map[string]*gate) *settings {
	if s.ReadbackAfter == 0 {
		s.ReadbackAfter = 3 * time.Second
	}
	if s.CallTimeout == 0 {
		s.CallTimeout = 10 * time.Second
	}
	s.Desks, s.Lines, s.Channels = maps.Clone(s.Desks), maps.Clone(s.Lines), maps.Clone(s.Channels)
	made := &settings{Settings: s, gates: map[string]*gate{}}
	for name := range s.Desks {
		if made.gates[name] = gates[name]; made.gates[name] == nil {
			made.gates[name] = &gate{clock: e.clock}
		}
	}
	return made
}

// configured waits until the conversation's channel is configured. False: the
// engine stops first.
func (k *keeper) configured() bool {
	for {
		k.mu.Lock()
		name := k.state.Channel
		k.mu.Unlock()
		now := k.e.settings()
		if _, ok := now.Channels[name]; ok {
			return true
		}
		if !k.pause(time.Hour, func() bool { return k.e.settings() != now }) {
			return false
		}
	}
}

// fresh is an operation by the settings as they are now: a desk may have a new
// key.
func (k *keeper) fresh(op operation) operation {
	if now := k.e.settings(); now != op.by {
		if made, ok := k.operation(now, op.entry); ok {
			return made
		}
		op.by = now
	}
	return op
}

package eightx8

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// channelsAge is how long a list of channels is believed about what is not in
// it. What is in it is believed until a call that names a channel, or its
// webhook, is refused.
const channelsAge = time.Minute

// channels knows the tenant's channels, by id and by name.
type channels struct {
	client *client
	turn   chan struct{} // held by whoever reads or changes what follows
	listed time.Time
	ids    map[string]DeskChannel
	names  map[string][]string // ids
}

func newChannels(c *client) *channels {
	return &channels{client: c, turn: make(chan struct{}, 1)}
}

// FindChannel finds the id of a channel that is given by id or name. Only the
// first call, and one for a channel not seen before, asks 8x8.
func (d *Desk) FindChannel(ctx context.Context, channel string) (string, error) {
	found, err := d.channels.find(ctx, channel)
	return found.ID, err
}

func (l *channels) find(ctx context.Context, channel string) (DeskChannel, error) {
	const op = "find channel"
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return DeskChannel{}, &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: fmt.Errorf("%s: %w", op, ctx.Err())}
	}
	id, err := l.lookUp(channel)
	if err != nil && l.client.clock.Now().Sub(l.listed) >= channelsAge {
		if err := l.list(ctx); err != nil {
			return DeskChannel{}, err
		}
		id, err = l.lookUp(channel)
	}
	if err != nil {
		return DeskChannel{}, refuse(op, err)
	}
	return l.ids[id], nil
}

// lookUp finds a channel among those listed. An id goes before a name.
func (l *channels) lookUp(channel string) (string, error) {
	if _, listed := l.ids[channel]; listed {
		return channel, nil
	}
	switch ids := l.names[channel]; len(ids) {
	case 0:
		return "", fmt.Errorf("8x8 has no channel with the id or name %q", channel)
	case 1:
		return ids[0], nil
	default:
		return "", fmt.Errorf("8x8 has %d channels with the name %q: give the id", len(ids), channel)
	}
}

// list reads the tenant's channels.
func (l *channels) list(ctx context.Context) error {
	all, err := l.client.deskChannels(ctx)
	if err != nil {
		return err
	}
	ids, names := map[string]DeskChannel{}, map[string][]string{}
	for _, one := range all {
		ids[one.ID] = one
		names[one.Name] = append(names[one.Name], one.ID)
	}
	l.ids, l.names, l.listed = ids, names, l.client.clock.Now()
	return nil
}

// doubt hears what came of a call that named what is known: if it was refused,
// the channel or its webhook may have been replaced.
func (l *channels) doubt(err error) {
	if failed, ok := errors.AsType[*bridge.DeskError](err); ok && failed.Kind == bridge.DeskRefused {
		l.forget()
	}
}

// forget drops what is known, so that the next call asks again.
func (l *channels) forget() {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	l.ids, l.names, l.listed = nil, nil, time.Time{}
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
)

// evidence is all that is known after a run.
type evidence struct {
	customers []*customer
	guests    []*guest
	relay     *relay
	// at is when the gathering began; the host has gone on for a moment.
	at     time.Time
	spoken []spoken
	// left is what was left to read to each customer, and anew what is shown to
	// each who reads everything once more.
	left, anew    map[string][]activity
	conversations map[string]lifecycle.Conversation
	journals      map[string][]lifecycle.Entry
	tickets       []ticket
	byTicket      map[string]ticket
	puts          []put // of all bots, each bot's in its order
}

// judge gathers the evidence, ends the host, and holds it against the promises.
func (w *world) judge(ctx context.Context, life *process) (*verdict, error) {
	ev := &evidence{
		at: time.Now(), customers: append(w.clients, w.prober), guests: w.callers, relay: w.relay, spoken: w.agents.said,
		left: map[string][]activity{}, anew: map[string][]activity{}, conversations: map[string]lifecycle.Conversation{},
		journals: map[string][]lifecycle.Entry{}, byTicket: map[string]ticket{},
	}
	err := ev.read(ctx, w.centre)
	if err = errors.Join(err, life.stop()); err != nil {
		return nil, err
	}
	for _, name := range []string{"web", "line"} {
		if err := ev.readPuts(filepath.Join(w.dir, name+".bot.log")); err != nil {
			return nil, err
		}
	}
	if err := ev.readStore(ctx, filepath.Join(w.dir, "patchbay.db")); err != nil {
		return nil, err
	}
	v := &verdict{evidence: ev, found: map[kind][]finding{}}
	for _, c := range ev.customers {
		v.customer(c)
	}
	for _, g := range ev.guests {
		v.guest(g)
	}
	for _, t := range ev.tickets {
		v.ticket(t)
	}
	return v, nil
}

// read asks customers and 8x8 what they have seen.
func (ev *evidence) read(ctx context.Context, centre *client) error {
	for _, c := range ev.customers {
		left, anew, err := c.finish(ctx)
		if err != nil {
			return fmt.Errorf("%s reads: %w", c.name, err)
		}
		ev.left[c.name], ev.anew[c.name] = left, anew
	}
	var all struct{ Conversations []ticket }
	if err := centre.call(ctx, "GET", "/conversations", nil, &all); err != nil {
		return err
	}
	for _, t := range all.Conversations {
		if err := centre.call(ctx, "GET", "/conversations/"+t.ID, nil, &t); err != nil {
			return err
		}
		ev.tickets = append(ev.tickets, t)
		ev.byTicket[t.ID] = t
	}
	return nil
}

func (ev *evidence) readPuts(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p put
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return fmt.Errorf("%s: %w: %s", path, err, lines.Bytes())
		}
		ev.puts = append(ev.puts, p)
	}
	return lines.Err()
}

func (ev *evidence) readStore(ctx context.Context, path string) error {
	store, err := sqlstore.Open(ctx, path, sqlstore.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer store.Close()
	list, err := store.List(ctx, bridge.Filter{Limit: 1_000_000})
	if err != nil {
		return err
	}
	for _, c := range list {
		entries, err := store.Entries(ctx, c.ID, 0, 1_000_000)
		if err != nil {
			return err
		}
		ev.conversations[string(c.ID)], ev.journals[string(c.ID)] = ev.heldThen(c, entries), entries
	}
	return nil
}

// heldThen is a conversation with the holder of when the gathering began.
func (ev *evidence) heldThen(c lifecycle.Conversation, entries []lifecycle.Entry) lifecycle.Conversation {
	for _, e := range slices.Backward(entries) {
		if !e.At.After(ev.at) {
			c.Holder = e.Holder
			break
		}
	}
	return c
}

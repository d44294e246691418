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
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
)

// evidence is all that is known after a run.
type evidence struct {
	customers []*customer
	guests    []*guest
	relay     *relay
	spoken    []spoken
	// anew is what each customer is shown who reads everything once more.
	anew          map[string][]activity
	conversations map[string]lifecycle.Conversation
	journals      map[string][]lifecycle.Entry
	tickets       []ticket
	byTicket      map[string]ticket
	puts          []put // of all bots, each bot's in its order
}

// judge gathers the evidence, ends the host, and holds it against the promises.
func (w *world) judge(ctx context.Context, life *process) (*verdict, error) {
	ev := &evidence{
		customers: append(w.clients, w.prober), guests: w.callers, relay: w.relay, spoken: w.agents.said,
		anew: map[string][]activity{}, conversations: map[string]lifecycle.Conversation{},
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
		anew, err := c.finish(ctx)
		if err != nil {
			return fmt.Errorf("%s reads: %w", c.name, err)
		}
		ev.anew[c.name] = anew
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
		ev.conversations[string(c.ID)], ev.journals[string(c.ID)] = c, entries
	}
	return nil
}

// kind is how something went wrong.
type kind string

const (
	lost     kind = "lost"
	twice    kind = "twice"
	disorder kind = "disorder"
	stranded kind = "stranded"
)

// finding is one thing that went wrong.
type finding struct {
	conversation, word, says string
}

// verdict is what the evidence shows.
type verdict struct {
	*evidence
	messages int
	found    map[kind][]finding
}

func (v *verdict) wrong(k kind, conversation, word, format string, args ...any) {
	v.found[k] = append(v.found[k], finding{conversation, word, fmt.Sprintf(format, args...)})
}

// said is what an entry's text has of words; nothing if it is not said by
// somebody.
func said(e lifecycle.Entry) []string {
	if !e.Said() || e.Message == nil {
		return nil
	}
	return wordsIn(e.Message.Text)
}

// places is where in a journal each word stands.
func (v *verdict) places(conversation string) map[string]int64 {
	at := map[string]int64{}
	for _, e := range v.journals[conversation] {
		for _, word := range said(e) {
			if at[word] != 0 && !strings.HasPrefix(word, "a:") {
				v.wrong(twice, conversation, word, "stands in the journal as %d and %d", at[word], e.Number)
			}
			if at[word] == 0 {
				at[word] = e.Number
			}
		}
	}
	return at
}

// answered are the numbers that bot or agents have referred to, in some texts.
func answered(texts []string) map[string]bool {
	all := map[string]bool{}
	for _, text := range texts {
		for _, n := range answersIn(text) {
			all[n] = true
		}
	}
	return all
}

// holds reports whether queue or agent have a conversation, and 8x8 agrees.
func (v *verdict) holds(conversation string) bool {
	c := v.conversations[conversation]
	at := v.byTicket[c.Desk.Ticket].Holder
	return (c.Holder == lifecycle.Queue || c.Holder == lifecycle.Agent) && (at == "queue" || at == "agent")
}

// notBefore reports whether 8x8 had delivered the one word before it first sent
// the other: only such have an order.
func notBefore(events map[string]*told, one, other string) bool {
	a, b := events[one], events[other]
	return a != nil && b != nil && !a.acked.IsZero() && a.acked.Before(b.sent)
}

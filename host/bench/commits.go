package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/bridge/sqlstore"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// The lines of commits.
const (
	bareCommitLine  = "bare commit, one at a time"
	bareCommitsLine = "bare commit, 64 producers, in groups"
)

// bareCommits measures making durable what an agent's message leaves: the store
// alone, with what has gathered while one group was written as the next one.
func bareCommits(producers int) func(context.Context, *bench) (figure, error) {
	return func(ctx context.Context, b *bench) (_ figure, err error) {
		dir, err := b.folder()
		if err != nil {
			return figure{}, err
		}
		defer os.RemoveAll(dir)
		store, err := sqlstore.Open(ctx, filepath.Join(dir, "patchbay.db"), sqlstore.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return figure{}, err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		queue := make(chan asked, producers)
		defer close(queue)
		go gather(ctx, store, queue)
		l := load{during: b.during}
		for i := range producers {
			number := int64(0)
			done := make(chan error, 1)
			l.callers = append(l.callers, func() error {
				number++
				queue <- asked{said(i, number), done}
				return <-done
			})
		}
		return l.run(ctx), nil
	}
}

// asked is a commit that somebody waits for.
type asked struct {
	commit bridge.Commit
	done   chan<- error
}

// gather commits whatever waits, until the queue is closed.
func gather(ctx context.Context, store bridge.Store, queue <-chan asked) {
	for first := range queue {
		group := []asked{first}
		for range len(queue) {
			group = append(group, <-queue)
		}
		commits := make([]bridge.Commit, len(group))
		for i, a := range group {
			commits[i] = a.commit
		}
		errs, err := store.Commit(ctx, commits)
		for i, a := range group {
			if err != nil {
				a.done <- err
			} else {
				a.done <- errs[i]
			}
		}
	}
}

// said is the commit that an agent's message leads to in conversation i.
func said(i int, number int64) bridge.Commit {
	at := time.Now().UTC()
	id, ticket := bot.ConversationID(fmt.Sprintf("conversation-%d", i)), fmt.Sprintf("ticket-%d", i)
	event := fmt.Sprintf("8x8:%s:event-%d-%d", tenant, i, number)
	ada := bot.Agent{ID: agent, Name: "Ada"}
	return bridge.Commit{
		Expected: number - 1, Events: []string{event},
		Entries: []lifecycle.Entry{{
			Number: number, Kind: lifecycle.EntrySaid, To: lifecycle.ToCustomer | lifecycle.ToObserver, At: at,
			Holder: lifecycle.Agent, Epoch: 3, Event: event, Ticket: ticket, Author: bot.AuthorAgent,
			AuthorID: ada.ID, Name: ada.Name, Message: &bot.Message{Text: words, At: at},
		}},
		Conversation: lifecycle.Conversation{
			ID: id, Channel: "web", Number: number, Holder: lifecycle.Agent, Epoch: 3, Reason: "agent joined", Since: at,
			Customer: bot.Customer{ID: "dl_customer", Name: "customer", Verified: true},
			Desk: lifecycle.DeskSide{
				Ticket: ticket, Marker: 3, Open: true, Queue: "101", Members: []lifecycle.Member{{Agent: ada, Present: true, At: at}},
				Newest: at, Queued: at, Met: true,
			},
			Session: &lifecycle.Session{
				Handoff: 3, HandedOffAt: at, JoinedAt: at, Reason: "asked for a person", Agents: []bot.Agent{ada}, Queues: []string{"101"},
			},
		},
		Cursors: bridge.Cursors{Desk: number},
	}
}

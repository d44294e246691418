package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// opener opens the same store each time that it is called; the caller closes
// it before it calls again.
type opener func() (bridge.Store, error)

// suite checks a [bridge.Store]. Each check gets a place of its own from
// fresh. Everything is checked on the store that wrote it, and again on one
// that was opened after.
func suite(t *testing.T, fresh func(t *testing.T) opener) {
	for name, check := range map[string]func(t *testing.T, s *subject){
		"entries":             checkEntries,
		"conflict":            checkConflict,
		"two in one group":    checkTwoInOneGroup,
		"refused alone":       checkRefusedAlone,
		"repeated":            checkRepeated,
		"without entries":     checkWithoutEntries,
		"tickets":             checkTickets,
		"parked":              checkParked,
		"park bound":          checkParkBound,
		"unpark":              checkUnpark,
		"cursors":             checkCursors,
		"work":                checkWork,
		"list":                checkList,
		"not found":           checkNotFound,
		"invalid":             checkInvalid,
		"cancelled":           checkCancelled,
		"state in entry only": checkBotState,
		"closed":              checkClosed,
		"erase":               checkErase,
		"erase newest":        checkEraseNewest,
		"list of customer":    checkListOfCustomer,
	} {
		t.Run(name, func(t *testing.T) {
			s := &subject{t: t, open: fresh(t)}
			s.reopen()
			t.Cleanup(func() { s.Close() })
			check(t, s)
		})
	}
}

// subject is a store under test that can be closed and opened again.
type subject struct {
	t    *testing.T
	open opener
	bridge.Store
}

func (s *subject) reopen() {
	s.t.Helper()
	if s.Store != nil {
		if err := s.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
	store, err := s.open()
	if err != nil {
		s.t.Fatal(err)
	}
	s.Store = store
}

// twice runs a check now and after the store was opened again.
func (s *subject) twice(check func()) {
	s.t.Helper()
	check()
	s.reopen()
	check()
}

// must commits a group of which every commit is accepted.
func (s *subject) must(commits ...bridge.Commit) {
	s.t.Helper()
	for i, err := range s.commit(commits...) {
		if err != nil {
			s.t.Fatalf("commit %d: %v", i, err)
		}
	}
}

func (s *subject) commit(commits ...bridge.Commit) []error {
	s.t.Helper()
	errs, err := s.Commit(s.t.Context(), commits)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(errs) != len(commits) {
		s.t.Fatalf("%d answers to %d commits", len(errs), len(commits))
	}
	return errs
}

func (s *subject) equal(what string, got, want any) {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// said is a commit that appends n messages to a conversation with after of
// them.
func said(id bot.ConversationID, after int64, n int, events ...string) bridge.Commit {
	c := bridge.Commit{Expected: after, Events: events, Conversation: lifecycle.Conversation{
		ID: id, Channel: "web", Number: after + int64(n), Holder: lifecycle.Bot, Since: start}}
	for i := range n {
		c.Entries = append(c.Entries, message(after+int64(i)+1))
	}
	return c
}

func message(number int64) lifecycle.Entry {
	return lifecycle.Entry{Number: number, Kind: lifecycle.EntrySaid, Holder: lifecycle.Bot, Epoch: 1,
		At: start.Add(time.Duration(number) * time.Second), To: lifecycle.ToBot, Author: bot.AuthorCustomer,
		Message: &bot.Message{Text: fmt.Sprintf("message %d", number)}}
}

func messages(from, through int64) []lifecycle.Entry {
	var entries []lifecycle.Entry
	for number := from; number <= through; number++ {
		entries = append(entries, message(number))
	}
	return entries
}

func is[E error](err error) (E, bool) { return errors.AsType[E](err) }

// background is a context for what a test does besides its store.
func background() context.Context { return context.Background() }

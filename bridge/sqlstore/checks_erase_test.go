package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func checkErase(t *testing.T, s *subject) {
	bound := said("a", 2, 200, "last")
	bound.Bind = []bridge.Ticket{{Desk: "acme", ID: "t1"}}
	s.must(said("a", 0, 2, "start", "first"), said("b", 0, 3, "other"), bound)
	if err := s.Erase(t.Context(), bridge.Erasure{Conversation: "a", Again: []string{"start"}}); err != nil {
		t.Fatal(err)
	}
	s.twice(func() {
		if _, err := s.Load(t.Context(), "a"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("load: %v", err)
		}
		if _, err := s.Ticket(t.Context(), "acme", "t1"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("ticket: %v", err)
		}
		if err := s.Erase(t.Context(), bridge.Erasure{Conversation: "a"}); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("once more: %v", err)
		}
		work, err := s.Work(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.equal("work", work, []bridge.Work{{ID: "a", Erased: true}})
		got, err := s.Entries(t.Context(), "b", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		s.equal("the other's entries", got, messages(1, 3))
		if repeated, ok := is[*bridge.RepeatedError](s.commit(said("a", 0, 1, "first"))[0]); !ok {
			t.Errorf("an event that was taken in: %v", repeated)
		}
	})
	if err := s.Erase(t.Context(), bridge.Erasure{Conversation: "a", Done: true}); err != nil {
		t.Fatal(err)
	}
	s.must(said("a", 0, 3, "start"), said("b", 3, 1))
	s.twice(func() {
		got, err := s.Entries(t.Context(), "a", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		s.equal("entries of the new one", got, messages(1, 3))
		work, err := s.Work(t.Context())
		if err != nil || len(work) > 0 {
			t.Errorf("work %v, %v", work, err)
		}
	})
}

// checkEraseNewest: the newest rows of all are erased, and what comes then is
// found after a restart.
func checkEraseNewest(t *testing.T, s *subject) {
	s.must(said("b", 0, 1))
	for round := range 3 {
		s.must(said("a", 0, 5, fmt.Sprint("e", round)))
		if err := s.Erase(t.Context(), bridge.Erasure{Conversation: "a"}); err != nil {
			t.Fatal(err)
		}
		s.reopen()
		s.must(said("b", int64(round)+1, 1, fmt.Sprint("f", round)))
		s.reopen()
	}
	got, err := s.Entries(t.Context(), "b", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	s.equal("entries", got, messages(1, 4))
}

func checkListOfCustomer(t *testing.T, s *subject) {
	of := func(c bridge.Commit, customer string) bridge.Commit {
		c.Conversation.Customer = bot.Customer{ID: customer}
		return c
	}
	s.must(of(said("a", 0, 1), "kim"), of(said("b", 0, 1), "lee"), of(said("c", 0, 1), "kim"), of(said("a", 1, 1), "kim"))
	ids := func(filter bridge.Filter) (ids []bot.ConversationID) {
		list, err := s.List(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		return ids
	}
	s.twice(func() {
		s.equal("kim's", ids(bridge.Filter{Channel: "web", Customer: "kim"}), []bot.ConversationID{"a", "c"})
		s.equal("kim's elsewhere", ids(bridge.Filter{Channel: "shop", Customer: "kim"}), []bot.ConversationID(nil))
		s.equal("oldest", ids(bridge.Filter{Oldest: true, Limit: 2}), []bot.ConversationID{"b", "c"})
		s.equal("the next", ids(bridge.Filter{Oldest: true, Limit: 2, Skip: 2}), []bot.ConversationID{"a"})
	})
}

// TestNothingIsLeft: of what was said nothing is in the files any more when the
// store is closed.
func TestNothingIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "patchbay.db")
	s := mustOpen(t, path, Options{})
	const words = "the words of message"
	for n := range int64(50) {
		c := said("a", n, 1)
		c.Entries[0].Message.Text = fmt.Sprint(words, " ", n)
		mustCommit(t, s, c, said("b", n, 1))
	}
	if err := s.Erase(t.Context(), bridge.Erasure{Conversation: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(content, []byte(words)); n > 0 {
			t.Errorf("%s: %d times", file, n)
		}
	}
}

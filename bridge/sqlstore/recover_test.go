package sqlstore

import (
	"errors"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestRecover: what can be read of damaged files is in the new store, which
// works; the old files are as they were.
func TestRecover(t *testing.T) {
	whole := wreck(t)
	for name, tt := range map[string]struct {
		damage func(t *testing.T, path string)
		// least is how many entries of all there are must be there at least.
		least int
	}{
		"killed":                 {both(), wreckConversations * wreckEntries},
		"WAL cut":                {cutTo("-wal", 0.5), wreckConversations * wreckEntries * 7 / 10},
		"WAL flipped":            {both(lose("-shm"), flip("-wal", 0.5)), wreckConversations*wreckEntries - 20},
		"WAL flipped, with -shm": {flip("-wal", 0.5), wreckConversations*wreckEntries - 20},
		"WAL's head flipped":     {both(lose("-shm"), flip("-wal", 0)), wreckConversations*wreckEntries - 20},
		"WAL lost":               {lose("-wal"), wreckConversations * wreckEntries / 2},
		"file's head flipped":    {flip("", 0), wreckConversations * wreckEntries},
		"file's head gone":       {both(closeInOrder, overwrite(0, 100)), wreckConversations * wreckEntries},
		"file cut":               {both(closeInOrder, cutTo("", 0.8)), wreckConversations * wreckEntries / 2},
		"file, a page of zeros":  {both(closeInOrder, overwrite(0.5, 4096)), wreckConversations*wreckEntries - 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := copied(t, whole)
			tt.damage(t, path)
			before := contents(t, path)
			report, err := Check(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if ok := name == "killed"; report.OK() != ok {
				t.Errorf("checked: %+v", report)
			}
			to := path + "-new"
			report, err = Recover(t.Context(), path, to, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if contents(t, path) != before {
				t.Error("the old files were changed")
			}
			s := mustOpen(t, to, Options{})
			defer s.Close()
			found := 0
			for k := range wreckConversations {
				found += checkRecovered(t, s, killID(k), report.Damaged[killID(k)])
			}
			if found < tt.least {
				t.Errorf("%d entries, want %d: %+v", found, tt.least, report)
			}
			if !s.Unclean() || string(s.Key("files")) != keyOf(t, whole) {
				t.Error("it is taken for closed in order, or has another key")
			}
			if again, err := Recover(t.Context(), path, to, Options{}); err == nil || again != nil {
				t.Error("recovered over a file that is there")
			}
		})
	}
}

// checkRecovered reads a conversation as it was recovered, and answers how many
// of its entries are its own.
func checkRecovered(t *testing.T, s *Store, id bot.ConversationID, told string) (own int) {
	t.Helper()
	stored, err := s.Load(t.Context(), id)
	if errors.Is(err, bridge.ErrNotFound) {
		if !strings.Contains(told, "nothing of it") && told != "" {
			t.Errorf("%s is not there; told: %q", id, told)
		}
		return 0
	}
	number := stored.Conversation.Number
	entries, more := s.Entries(t.Context(), id, 0, wreckEntries)
	if err := errors.Join(err, more); err != nil || int64(len(entries)) != number {
		t.Fatalf("%s: %d entries of %d, %v", id, len(entries), number, err)
	}
	for i, entry := range entries {
		want := message(int64(i) + 1)
		switch {
		case entry.Message != nil && entry.Message.Text == want.Message.Text && entry.Number == want.Number:
			own++
		case entry.Kind != lifecycle.EntryNoted || entry.Number != want.Number || told == "":
			t.Errorf("%s: entry %d: %+v; told: %q", id, want.Number, entry, told)
		}
	}
	mustCommit(t, s, said(id, number, 1, "after the damage "+string(id)))
	return own
}

// overwrite puts zeros at a place of the database.
func overwrite(part float64, n int) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		t.Helper()
		page := at(t, path, "", part) / 4096
		spoil(t, path, page*4096, make([]byte, n))
	}
}

func keyOf(t *testing.T, path string) string {
	t.Helper()
	s := mustOpen(t, copied(t, path), Options{})
	defer s.Close()
	return string(s.Key("files"))
}

package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// crowded is the file of a store with many small conversations and one long
// one, closed in order.
func crowded(t *testing.T) (path string, ids []bot.ConversationID) {
	t.Helper()
	path = place(t)
	s := mustOpen(t, path, Options{NoSync: true})
	long := said("long", 0, 1)
	long.Entries[0].Message.Text = strings.Repeat("a long story ", 8000)
	mustCommit(t, s, long)
	for range 4 {
		var group []bridge.Commit
		for range 250 {
			id := bot.ConversationID(fmt.Sprintf("crowd-%04d", len(ids)))
			ids = append(ids, id)
			group = append(group, said(id, 0, 1, "first of "+string(id)))
		}
		mustCommit(t, s, group...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, ids
}

// ruin writes over one page of a table or an index: its first leaf, or one of
// its overflow pages.
func ruin(t *testing.T, path, table, kind string) {
	t.Helper()
	db, err := connect(path, 1, "query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var page int64
	err = db.QueryRowContext(t.Context(), "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path LIMIT 1 OFFSET 1",
		table, kind).Scan(&page)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, path, (page-1)*4096, make([]byte, 4096))
}

// spoil writes over a place of a file.
func spoil(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(with, at); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedInside: a page that cannot be read is the trouble of those whose
// it is; commits of others in the same group are durable.
func TestDamagedInside(t *testing.T) {
	whole, ids := crowded(t)
	for _, tt := range []struct{ table, kind string }{
		{"journal", "overflow"}, {"journal", "leaf"}, {"sqlite_autoindex_conversations_1", "leaf"},
	} {
		t.Run(tt.table+" "+tt.kind, func(t *testing.T) {
			t.Parallel()
			path := copied(t, whole)
			ruin(t, path, tt.table, tt.kind)
			s := mustOpen(t, path, Options{NoSync: true})
			defer s.Close()
			var unread int
			var group []bridge.Commit
			for _, id := range append(ids, "long") {
				_, loaded := s.Load(t.Context(), id)
				_, entries := s.Entries(t.Context(), id, 0, 10)
				for _, err := range []error{loaded, entries} {
					if err != nil && !errors.Is(err, bridge.ErrUnreadable) {
						t.Fatalf("%s: %v", id, err)
					}
				}
				if loaded != nil || entries != nil {
					unread++
				}
				group = append(group, said(id, 1, 1, "second of "+string(id)))
			}
			if unread == 0 || unread > len(ids)/2 {
				t.Errorf("%d of %d conversations cannot be read", unread, len(ids))
			}
			refused := 0
			errs, err := s.Commit(t.Context(), group)
			for i, err := range errs {
				if err != nil && !errors.Is(err, bridge.ErrUnreadable) {
					t.Fatalf("%s: %v", group[i].Conversation.ID, err)
				}
				if err != nil {
					refused++
				}
			}
			if err != nil || refused > unread {
				t.Errorf("%d commits refused, %v", refused, err)
			}
			if list, err := s.List(t.Context(), bridge.Filter{Limit: 2000}); err != nil || len(list) < len(ids)-unread {
				t.Errorf("%d in the list, %v", len(list), err)
			}
		})
	}
}

// tomorrow is the machine's time, a day ahead.
type tomorrow struct{ bridge.RealClock }

func (tomorrow) Now() time.Time { return time.Now().Add(24 * time.Hour) }

// TestDamagedOnANewDay: what a group has begun before it met a damaged
// conversation is undone with its transaction.
func TestDamagedOnANewDay(t *testing.T) {
	path, ids := crowded(t)
	ruin(t, path, "sqlite_autoindex_conversations_1", "leaf")
	s := mustOpen(t, path, Options{NoSync: true, Clock: tomorrow{}})
	defer s.Close()
	group := []bridge.Commit{parking("early", "T-1")}
	for _, id := range ids {
		group = append(group, said(id, 1, 1, "second of "+string(id)))
	}
	errs, err := s.Commit(t.Context(), group)
	if err != nil || errs[0] != nil || !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, bridge.ErrUnreadable) }) {
		t.Fatalf("%v, %v", errs[0], err)
	}
	days, err := s.write.readDays()
	if err != nil || days != s.days {
		t.Errorf("the file has the days %v, the store %v, %v", days, s.days, err)
	}
}

// TestDamagedEvents: what cannot be told from a repetition is refused, and
// nothing else is.
func TestDamagedEvents(t *testing.T) {
	path, ids := crowded(t)
	ruin(t, path, slotNames[day(time.Now())%takenSlots], "leaf")
	s := mustOpen(t, path, Options{NoSync: true})
	defer s.Close()
	refused := map[string]int{}
	var again, fresh []bridge.Commit
	for _, id := range ids {
		again = append(again, said(id, 1, 1, "first of "+string(id)))
		fresh = append(fresh, said(id, 1, 1, "second of "+string(id)))
	}
	for _, group := range [][]bridge.Commit{again, fresh} {
		errs, err := s.Commit(t.Context(), group)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range errs {
			_, repeated := is[*bridge.RepeatedError](err)
			switch {
			case repeated:
				refused["repeated"]++
			case errors.Is(err, bridge.ErrUnreadable):
				refused["unreadable"]++
			case err != nil:
				t.Fatal(err)
			default:
				refused["no"]++
			}
		}
	}
	if refused["repeated"]+refused["unreadable"]+refused["no"] != 2*len(ids) || refused["no"] > len(ids) ||
		refused["no"] < len(ids)/4 || refused["repeated"] < len(ids)/4 || refused["unreadable"] == 0 {
		t.Errorf("refused: %v", refused)
	}
}

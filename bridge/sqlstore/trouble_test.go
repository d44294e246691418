package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// TestUnwritable: what is refused while nothing can be written changes nothing
// and is said once; when it can, all goes on by itself, and what is sent again
// counts once.
//
// SQLite's own limits stand in for the disk here: max_page_count answers as a
// disk without room does (SQLITE_FULL), query_only as one that was mounted
// read-only (SQLITE_READONLY). host/patchbay has the real thing, a process for
// which write(2) fails.
func TestUnwritable(t *testing.T) {
	for pragma, says := range map[string]string{
		"max_page_count(1)": "the disk is full: make room on it",
		"query_only(1)":     "it cannot be written: the file and its folder must be writable",
	} {
		t.Run(pragma, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, log, full := filling(t, pragma)
				defer s.Close()
				mustCommit(t, s, said("a", 0, 1, "e1"))
				full(true)
				for n := range 5 {
					_, err := s.Commit(t.Context(), []bridge.Commit{said("a", 1, 40, "e2"), parking(fmt.Sprint("p", n), "t")})
					if !errors.Is(err, bridge.ErrUnwritable) || !strings.Contains(err.Error(), says) {
						t.Fatalf("commit: %v", err)
					}
					if err := s.Unwritable(); !errors.Is(err, bridge.ErrUnwritable) {
						t.Fatalf("why: %v", err)
					}
					if stored, err := s.Load(t.Context(), "a"); err != nil || stored.Conversation.Number != 1 {
						t.Fatalf("meanwhile: %v, %v", stored.Conversation.Number, err)
					}
					<-time.After(3 * time.Second)
					synctest.Wait()
				}
				if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), says) {
					t.Errorf("said %d times:\n%s", n, log)
				}

				full(false)
				<-time.After(probeEvery)
				synctest.Wait()
				if err := s.Unwritable(); err != nil {
					t.Fatalf("with room: %v", err)
				}
				if n := strings.Count(log.String(), "the store can be written again"); n != 1 {
					t.Errorf("said %d times:\n%s", n, log)
				}
				mustCommit(t, s, said("a", 1, 40, "e2"), parking("p0", "t"))
				errs, err := s.Commit(t.Context(), []bridge.Commit{said("a", 41, 1, "e2"), parking("p0", "t")})
				for _, each := range errs {
					if _, ok := is[*bridge.RepeatedError](each); err != nil || !ok {
						t.Errorf("again: %v, %v", errs, err)
					}
				}
			})
		})
	}
}

// filling is a store whose disk can be filled, and its log.
func filling(t *testing.T, pragma string) (s *Store, log *bytes.Buffer, full func(bool)) {
	log = &bytes.Buffer{}
	var pragmas []string
	s = mustOpen(t, place(t), Options{Log: slog.New(slog.NewTextHandler(log, nil)),
		pragmas: func() []string { return pragmas }})
	return s, log, func(full bool) {
		s.writing.Lock()
		defer s.writing.Unlock()
		pragmas = nil
		if full {
			pragmas = []string{pragma}
			kind, value, _ := strings.Cut(strings.TrimSuffix(pragma, ")"), "(")
			if err := s.write.exec("PRAGMA " + kind + " = " + value); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestUnwritableToTheEnd: a store that is closed while nothing can be written
// lets go, and the next host is told that something may be missing.
func TestUnwritableToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, full := filling(t, "max_page_count(1)")
		mustCommit(t, s, said("a", 0, 1, "e1"))
		full(true)
		if _, err := s.Commit(t.Context(), []bridge.Commit{said("a", 1, 40)}); !errors.Is(err, bridge.ErrUnwritable) {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		next := mustOpen(t, s.path, Options{})
		defer next.Close()
		if stored, err := next.Load(t.Context(), "a"); err != nil || stored.Conversation.Number != 1 || !next.Unclean() {
			t.Errorf("next: %v, %v, unclean %v", stored.Conversation.Number, err, next.Unclean())
		}
	})
}

// TestUnwritableBehind: a disk that is found full while nobody commits, too.
func TestUnwritableBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log, full := filling(t, "query_only(1)")
		defer s.Close()
		mustCommit(t, s, said("a", 0, 1, "e1"))
		full(true)
		<-time.After(10 * time.Second)
		synctest.Wait()
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 || s.Unwritable() == nil {
			t.Errorf("said %d times, %v:\n%s", n, s.Unwritable(), log)
		}
		full(false)
		<-time.After(10 * time.Second)
		synctest.Wait()
		if behind := s.memory.Load().behind(); behind != 0 || s.Unwritable() != nil {
			t.Errorf("%d are not written, %v", behind, s.Unwritable())
		}
	})
}

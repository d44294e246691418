package sqlstore

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

func TestStore(t *testing.T) {
	suite(t, func(t *testing.T) opener {
		path := place(t)
		return func() (bridge.Store, error) { return Open(t.Context(), path, Options{NoSync: true}) }
	})
}

// TestWriteBehind: in a bubble, where time is not real, what is behind is
// written when it is time, and only then.
func TestWriteBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustOpen(t, place(t), Options{WriteBehind: time.Second})
		defer s.Close()
		behind := func() int {
			s.writing.Lock()
			defer s.writing.Unlock()
			return s.memory.Load().behind()
		}
		for n := range int64(600) { // several steps
			mustCommit(t, s, said("a", n, 1, fmt.Sprint("e", n)))
		}
		if behind() == 0 {
			t.Error("written before its time")
		}
		<-time.After(2 * time.Second)
		synctest.Wait()
		if n := behind(); n != 0 {
			t.Errorf("%d are not written", n)
		}
		mustCommit(t, s, said("a", 600, 1, "e600"))
		<-time.After(2 * time.Second)
		synctest.Wait()
		if n := behind(); n != 0 {
			t.Errorf("%d are not written the second time", n)
		}
	})
}

// TestTakenDays: an event id is known for seven days, and given up after.
func TestTakenDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustOpen(t, place(t), Options{})
		defer s.Close()
		mustCommit(t, s, said("a", 0, 1, "e"), parking("p", "t"))
		number := int64(1)
		for passed := 1; passed <= 9; passed++ {
			<-time.After(24 * time.Hour)
			mustCommit(t, s, said("a", number, 1, fmt.Sprint("day ", passed)))
			number++
			<-time.After(10 * time.Second)
			synctest.Wait()
			if passed > 7 {
				continue
			}
			for _, again := range []bridge.Commit{said("a", number, 1, "e"), parking("p", "t")} {
				errs, err := s.Commit(t.Context(), []bridge.Commit{again})
				if _, ok := is[*bridge.RepeatedError](errs[0]); err != nil || !ok {
					t.Fatalf("after %d days: %v, %v", passed, errs, err)
				}
			}
		}
		mustCommit(t, s, said("a", number, 1, "e"), parking("p", "t"))
	})
}

// TestCommitFails: after an error nothing of the group is there, and the store
// goes on from what the file has.
func TestCommitFails(t *testing.T) {
	s := mustOpen(t, place(t), Options{WriteBehind: time.Hour})
	mustCommit(t, s, said("a", 0, 1, "e1"))
	s.write.conn.Close()
	if _, err := s.Commit(t.Context(), []bridge.Commit{said("a", 1, 1, "e2")}); err == nil {
		t.Fatal("committed without a connection")
	}
	if stored, err := s.Load(t.Context(), "a"); err != nil || stored.Conversation.Number != 1 {
		t.Fatalf("after the error: %v, %v", stored.Conversation.Number, err)
	}
	errs, err := s.Commit(t.Context(), []bridge.Commit{said("b", 0, 1, "e1"), said("a", 1, 1, "e2"), said("a", 2, 1, "e3")})
	if _, ok := is[*bridge.RepeatedError](errs[0]); err != nil || !ok || errs[1] != nil || errs[2] != nil {
		t.Fatalf("after the error: %v, %v", errs, err)
	}
}

// TestConcurrent commits, reads and writes behind at the same time; the race
// detector looks on.
func TestConcurrent(t *testing.T) {
	s := mustOpen(t, place(t), Options{WriteBehind: time.Millisecond})
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for n := range int64(100) {
				errs, err := s.Commit(t.Context(), []bridge.Commit{said(killID(k), n, 1, killEvent(k, n))})
				if err := errors.Join(append(errs, err)...); err != nil {
					t.Error(err)
					return
				}
				stored, err := s.Load(t.Context(), killID(k))
				if err != nil || stored.Conversation.Number != n+1 {
					t.Errorf("%s: %d, %v; want %d", killID(k), stored.Conversation.Number, err, n+1)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				_, listed := s.List(t.Context(), bridge.Filter{})
				_, worked := s.Work(t.Context())
				if err := errors.Join(listed, worked, s.keeper.runCheckpoint()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

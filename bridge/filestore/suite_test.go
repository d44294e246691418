package filestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// opener opens the same place each time that it is called, with room for so
// many bytes; 0: any number.
type opener func(room int64) (bridge.Attachments, error)

// suite checks a [bridge.Attachments]. Each check gets a place of its own from
// fresh.
func suite(t *testing.T, fresh func(t *testing.T) opener) {
	for name, check := range map[string]func(t *testing.T, s *subject){
		"kept":              checkKept,
		"replaced":          checkReplaced,
		"sought":            checkSought,
		"read to the end":   checkReadToTheEnd,
		"content fails":     checkContentFails,
		"cancelled":         checkCancelled,
		"no room":           checkNoRoom,
		"room at once":      checkRoomAtOnce,
		"erased":            checkErased,
		"ids":               checkIDs,
		"one id at once":    checkOneIDAtOnce,
		"put while erasing": checkPutWhileErasing,
	} {
		t.Run(name, func(t *testing.T) {
			s := &subject{t: t, open: fresh(t)}
			s.reopen(0)
			check(t, s)
		})
	}
}

// subject is a place under test that can be opened again.
type subject struct {
	t    *testing.T
	open opener
	bridge.Attachments
}

func (s *subject) reopen(room int64) {
	s.t.Helper()
	var err error
	if s.Attachments, err = s.open(room); err != nil {
		s.t.Fatal(err)
	}
}

// twice runs a check now and after the place was opened again.
func (s *subject) twice(check func()) {
	s.t.Helper()
	check()
	s.reopen(0)
	check()
}

func (s *subject) put(conversation bot.ConversationID, id, content string) {
	s.t.Helper()
	// One byte at a time, as a slow network has it.
	size, err := s.Put(s.t.Context(), conversation, id, iotest.OneByteReader(strings.NewReader(content)))
	if err != nil || size != int64(len(content)) {
		s.t.Fatalf("put %s/%s: %d bytes, %v", conversation, id, size, err)
	}
}

// has checks what a file is; absent: that there is none.
func (s *subject) has(conversation bot.ConversationID, id, want string) {
	s.t.Helper()
	file, err := s.Open(s.t.Context(), conversation, id)
	if want == absent {
		if !errors.Is(err, bridge.ErrNotFound) {
			s.t.Errorf("%s/%q: %v, want that it is not found", conversation, id, err)
		}
		return
	}
	if err != nil {
		s.t.Fatalf("open %s/%q: %v", conversation, id, err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); err != nil || string(got) != want {
		s.t.Errorf("%s/%q: %.40q, %v, want %.40q", conversation, id, got, err, want)
	}
}

const absent = "<absent>"

func checkKept(_ *testing.T, s *subject) {
	large := strings.Repeat("0123456789", 20_000)
	s.put("a", "1", "one")
	s.put("a", "2", "")
	s.put("b", "1", large)
	s.twice(func() {
		s.has("a", "1", "one")
		s.has("a", "2", "")
		s.has("b", "1", large)
		s.has("b", "2", absent)
		s.has("c", "1", absent)
	})
}

func checkReplaced(_ *testing.T, s *subject) {
	s.put("a", "1", "first, and longer")
	s.put("a", "1", "second")
	s.twice(func() { s.has("a", "1", "second") })
}

func checkSought(t *testing.T, s *subject) {
	s.put("a", "1", "0123456789")
	file, err := s.Open(t.Context(), "a", "1")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if at, err := file.Seek(-3, io.SeekEnd); at != 7 || err != nil {
		t.Fatal(at, err)
	}
	if rest, err := io.ReadAll(file); string(rest) != "789" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

// What was opened is read to its end, whatever becomes of the file.
func checkReadToTheEnd(t *testing.T, s *subject) {
	for name, change := range map[string]func(){
		"replaced": func() { s.put("a", "1", "second") },
		"erased": func() {
			if err := s.Erase(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		s.put("a", "1", "first")
		file, err := s.Open(t.Context(), "a", "1")
		if err != nil {
			t.Fatal(err)
		}
		change()
		if got, err := io.ReadAll(file); string(got) != "first" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		file.Close()
	}
}

// A content that fails changes nothing, and its error comes back.
func checkContentFails(t *testing.T, s *subject) {
	broken := errors.New("the wire is cut")
	s.put("a", "1", "first")
	for _, id := range []string{"1", "2"} {
		content := io.MultiReader(strings.NewReader("second"), iotest.ErrReader(broken))
		if size, err := s.Put(t.Context(), "a", id, content); !errors.Is(err, broken) || size != 0 {
			t.Errorf("%d, %v", size, err)
		}
	}
	s.twice(func() {
		s.has("a", "1", "first")
		s.has("a", "2", absent)
	})
}

// A context that ends in the middle ends the putting.
func checkCancelled(t *testing.T, s *subject) {
	why := errors.New("the customer is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	content := readerFunc(func(p []byte) (int, error) {
		cancel(why)
		return copy(p, "half"), nil
	})
	if _, err := s.Put(ctx, "a", "1", content); !errors.Is(err, why) {
		t.Errorf("%v, want %v", err, why)
	}
	s.has("a", "1", absent)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A file for which there is no room leaves nothing behind, not even less room.
func checkNoRoom(t *testing.T, s *subject) {
	s.put("a", "1", strings.Repeat("x", 60))
	s.reopen(100)
	full := func(conversation bot.ConversationID, id string, size int) {
		t.Helper()
		content := bytes.NewReader(make([]byte, size))
		if _, err := s.Put(t.Context(), conversation, id, content); !errors.Is(err, bridge.ErrNoRoom) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	full("b", "1", 41)
	full("b", "1", 1<<20)
	s.has("b", "1", absent)
	s.put("b", "1", strings.Repeat("y", 40))
	full("c", "1", 1)
	full("b", "1", 41) // and the one that it would have replaced is there
	s.has("b", "1", strings.Repeat("y", 40))
	if err := s.Erase(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	s.put("c", "1", strings.Repeat("z", 30))
	s.put("c", "1", strings.Repeat("z", 20)) // takes 20 now, not 50
	s.put("d", "1", strings.Repeat("z", 40))
	full("e", "1", 1)
}

// Many at once get no more room than there is, and all of what there is.
func checkRoomAtOnce(t *testing.T, s *subject) {
	s.reopen(10_000)
	var all sync.WaitGroup
	kept := make([]bool, 40)
	for n := range kept {
		all.Go(func() {
			content := iotest.HalfReader(bytes.NewReader(make([]byte, 1000)))
			_, err := s.Put(t.Context(), "a", fmt.Sprint(n), content)
			if kept[n] = err == nil; err != nil && !errors.Is(err, bridge.ErrNoRoom) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	count := 0
	for n, is := range kept {
		if want := absent; is {
			count++
			s.has("a", fmt.Sprint(n), strings.Repeat("\x00", 1000))
		} else {
			s.has("a", fmt.Sprint(n), want)
		}
	}
	if count > 10 {
		t.Errorf("%d kept", count)
	}
	for ; count < 10; count++ { // those that were refused have left their room
		s.put("b", fmt.Sprint(count), strings.Repeat("x", 1000))
	}
	if _, err := s.Put(t.Context(), "b", "more", strings.NewReader("x")); !errors.Is(err, bridge.ErrNoRoom) {
		t.Error(err)
	}
}

func checkErased(t *testing.T, s *subject) {
	s.put("a", "1", "one")
	s.put("a", "2", "two")
	s.put("b", "1", "other")
	for range 2 {
		if err := s.Erase(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	s.twice(func() {
		s.has("a", "1", absent)
		s.has("a", "2", absent)
		s.has("b", "1", "other")
	})
	s.put("a", "1", "again")
	s.has("a", "1", "again")
}

// Ids are any text, and each is one of its own.
func checkIDs(_ *testing.T, s *subject) {
	ids := []string{
		"", ".", "..", "../x", "/etc/passwd", `..\x`, "a/b", "a\x00b", "a", "A", "ä", "a\u0308", " ", "con", "x.",
		"desk/t1/../..", strings.Repeat("long", 1000), "unfinished", "\xff",
	}
	for n, id := range ids {
		s.put(bot.ConversationID(id), id, fmt.Sprint("both ", n))
		s.put("c", id, fmt.Sprint(n))
	}
	s.twice(func() {
		for n, id := range ids {
			s.has(bot.ConversationID(id), id, fmt.Sprint("both ", n))
			s.has("c", id, fmt.Sprint(n))
		}
	})
}

// Of many that put one file at once, one is there in the end, and whole; so is
// what is read meanwhile.
func checkOneIDAtOnce(t *testing.T, s *subject) {
	s.reopen(1 << 20)
	var all sync.WaitGroup
	for n := range 16 {
		content := bytes.Repeat([]byte{byte('a' + n)}, 1000*(n+1))
		all.Go(func() {
			for range 4 {
				if _, err := s.Put(t.Context(), "a", "1", bytes.NewReader(content)); err != nil {
					t.Error(err)
				}
				checkWhole(t, s, "a", "1")
			}
		})
	}
	all.Wait()
	if err := s.Erase(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	s.put("b", "1", strings.Repeat("x", 1<<20)) // all room is free again
}

// checkWhole checks that a file of repeated letters is one of those that
// checkOneIDAtOnce puts.
func checkWhole(t *testing.T, s *subject, conversation bot.ConversationID, id string) {
	file, err := s.Open(t.Context(), conversation, id)
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	got, err := io.ReadAll(file)
	if err != nil || len(got) == 0 {
		t.Errorf("%d bytes, %v", len(got), err)
		return
	}
	if want := 1000 * int(got[0]-'a'+1); len(got) != want || bytes.Count(got, got[:1]) != want {
		t.Errorf("%d bytes that begin with %c, want %d", len(got), got[0], want)
	}
}

// Putting and erasing at once does no harm: a put that says so was there.
func checkPutWhileErasing(t *testing.T, s *subject) {
	s.reopen(1 << 20)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for range 20 {
				if _, err := s.Put(t.Context(), "a", fmt.Sprint(n), strings.NewReader("content")); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 20 {
				if err := s.Erase(t.Context(), "a"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := s.Erase(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	s.put("b", "1", strings.Repeat("x", 1<<20))
}

package sqlstore

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// wreckConversations have the numbers 0 and on, wreckEntries entries each.
const wreckConversations, wreckEntries = 12, 60

// wreck is the files of a store whose host was killed, at path. One half of
// its journals is in the database, the other in the WAL alone.
func wreck(t testing.TB) (path string) {
	t.Helper()
	s := mustOpen(t, place(t), Options{WriteBehind: time.Hour})
	defer s.Close()
	for n := range int64(wreckEntries) {
		var group []bridge.Commit
		for k := range wreckConversations {
			group = append(group, said(killID(k), n, 1, killEvent(k, n+1)))
		}
		mustCommit(t, s, group...)
		if n == wreckEntries/2 {
			if err := errors.Join(s.flushAll(), s.keeper.runCheckpoint()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return copied(t, s.path)
}

// copied is a copy of a store's files, such as they are now.
func copied(t testing.TB, from string) (path string) {
	t.Helper()
	path = place(t)
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		if err := copyFile(from+end, path+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return path
}

// The ways to do damage.

func cutTo(end string, part float64) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		if err := os.Truncate(path+end, at(t, path, end, part)); err != nil {
			t.Fatal(err)
		}
	}
}

func flip(end string, part float64) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		content, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		content[at(t, path, end, part)] ^= 0x55
		if err := os.WriteFile(path+end, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// at is a place in a file; in a WAL, of what is in use of it.
func at(t *testing.T, path, end string, part float64) int64 {
	t.Helper()
	info, err := os.Stat(path + end)
	if err != nil {
		t.Fatal(err)
	}
	size := info.Size()
	if end == "-wal" {
		w, err := readWAL(path)
		if err != nil {
			t.Fatal(err)
		}
		size = walHeader + int64(w.committed)*int64(frameHeader+w.pageSize)
	}
	return int64(float64(size-1) * part)
}

func lose(ends ...string) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		for _, end := range ends {
			if err := os.Remove(path + end); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func both(does ...func(t *testing.T, path string)) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		for _, do := range does {
			do(t, path)
		}
	}
}

// TestDamagedFiles is the table of the README: what is refused is left as it
// was, byte for byte; what goes on has all that was acknowledged, but for
// what the table says.
func TestDamagedFiles(t *testing.T) {
	whole := wreck(t)
	for name, tt := range map[string]struct {
		damage func(t *testing.T, path string)
		// refused with these words; empty: it goes on.
		refused string
		// lost: the ends of journals may be missing.
		lost bool
		// kept: a copy of the WAL is.
		kept bool
	}{
		"killed":                               {damage: both()},
		"WAL torn, after the machine's end":    {damage: both(lose("-shm"), cutTo("-wal", 0.999)), lost: true},
		"WAL cut, after the machine's end":     {damage: both(lose("-shm"), cutTo("-wal", 0.5)), lost: true},
		"WAL torn, though the machine went on": {damage: cutTo("-wal", 0.999), refused: "its WAL is missing, cut or damaged"},
		"WAL cut, though the machine went on":  {damage: cutTo("-wal", 0.5), refused: "its WAL is missing, cut or damaged"},
		"WAL empty, though the machine went on": {damage: cutTo("-wal", 0),
			refused: "its WAL is missing, cut or damaged"},
		"WAL lost, though the machine went on": {damage: lose("-wal"), refused: "its WAL is missing, cut or damaged"},
		"WAL flipped in its last commit, after the machine's end": {
			damage: both(lose("-shm"), flip("-wal", 0.999)), lost: true, kept: true},
		"WAL flipped in its last commit, though the machine went on": {
			damage: flip("-wal", 0.999), refused: "its WAL is missing, cut or damaged"},
		"WAL flipped in the middle, after the machine's end": {damage: both(lose("-shm"), flip("-wal", 0.5)),
			refused: "its WAL is damaged in the middle: "},
		"WAL's head flipped":                 {damage: both(lose("-shm"), flip("-wal", 0)), refused: "the head of its WAL is damaged"},
		"index of the WAL flipped":           {damage: flip("-shm", 0.001)},
		"file lost, its WAL not":             {damage: lose("", "-shm", ".lock"), refused: "without the file that it belongs to"},
		"file empty":                         {damage: both(lose("-wal", "-shm"), cutTo("", 0)), refused: "it is empty, and has not always been"},
		"file empty, its WAL not":            {damage: both(lose("-shm", ".lock"), cutTo("", 0)), refused: "it is empty, and has not always been"},
		"file's head flipped":                {damage: flip("", 0), refused: "its head is no database's"},
		"file cut":                           {damage: cutTo("", 0.4), refused: "it is cut: "},
		"file cut, closed in order":          {damage: both(closeInOrder, cutTo("", 0.9)), refused: "it is cut: "},
		"file cut to less than a page":       {damage: both(closeInOrder, cutTo("", 0.001)), refused: "it is cut: "},
		"file emptied, closed in order":      {damage: both(closeInOrder, cutTo("", 0)), refused: "it is empty, and has not always been"},
		"file gone altogether: begins anew":  {damage: lose("", "-wal", "-shm", ".lock"), lost: true},
		"empty file, never a store: it is":   {damage: both(lose("-wal", "-shm", ".lock"), cutTo("", 0)), lost: true},
		"lock lost: like any other":          {damage: lose(".lock")},
		"closed in order, lock and all kept": {damage: closeInOrder},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := copied(t, whole)
			tt.damage(t, path)
			before := contents(t, path)
			log := &bytes.Buffer{}
			s, err := Open(t.Context(), path, Options{Log: slog.New(slog.NewTextHandler(log, nil))})
			if tt.refused != "" {
				damaged, ok := errors.AsType[*DamagedError](err)
				if !ok || damaged.Path != path || !strings.Contains(err.Error(), tt.refused) || !strings.Contains(err.Error(), "patchbay store recover") {
					t.Fatalf("opened: %v", err)
				}
				if after := contents(t, path); after != before {
					t.Error("its files were changed")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for k := range wreckConversations {
				checkReadable(t, s, killID(k), tt.lost)
			}
			mustCommit(t, s, said("another", 0, 1))
			copies, _ := filepath.Glob(path + "-wal.unread-*")
			if told := strings.Contains(log.String(), "a copy of the WAL is kept"); (len(copies) == 1) != tt.kept || told != tt.kept {
				t.Errorf("copies %q, log:\n%s", copies, log)
			}
		})
	}
}

// TestKilledWhileNew: a host that was killed while it made its store leaves one
// that is opened.
func TestKilledWhileNew(t *testing.T) {
	path := place(t)
	if _, err := migrate(t.Context(), path, Options{}, migrations()); err != nil {
		t.Fatal(err)
	}
	w, err := openWriter(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.exec(queryPutTakenDay, 1, 0); err != nil { // something for the WAL
		t.Fatal(err)
	}
	s := mustOpen(t, copied(t, path), Options{})
	defer s.Close()
	mustCommit(t, s, said("a", 0, 1, "e"))
}

// closeInOrder ends a store that was cut off as if it had not been.
func closeInOrder(t *testing.T, path string) {
	t.Helper()
	if err := mustOpen(t, path, Options{}).Close(); err != nil {
		t.Fatal(err)
	}
}

// contents of the database and its WAL.
func contents(t *testing.T, path string) string {
	t.Helper()
	var all string
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + end)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all += fmt.Sprint(end, len(content), err != nil, string(content))
	}
	return all
}

// checkReadable reads a conversation of a wreck: whole, or if some of it may be
// lost whole up to where it ends now.
func checkReadable(t *testing.T, s *Store, id bot.ConversationID, lost bool) {
	t.Helper()
	stored, err := s.Load(t.Context(), id)
	if errors.Is(err, bridge.ErrNotFound) && lost {
		return
	}
	number := stored.Conversation.Number
	if err != nil || number != wreckEntries && !lost {
		t.Fatalf("%s ends at %d, %v", id, number, err)
	}
	entries, err := s.Entries(t.Context(), id, 0, wreckEntries)
	if err != nil || int64(len(entries)) != number {
		t.Fatalf("%s: %d entries of %d, %v", id, len(entries), number, err)
	}
	for i, entry := range entries {
		if want := message(int64(i) + 1); entry.Number != want.Number || entry.Message.Text != want.Message.Text {
			t.Errorf("%s: entry %d is %d: %s", id, want.Number, entry.Number, entry.Message.Text)
		}
	}
	again := said(id, number, 1, killEvent(0, number))
	if id != killID(0) || number == 0 {
		return
	}
	errs, err := s.Commit(t.Context(), []bridge.Commit{again})
	if _, ok := is[*bridge.RepeatedError](errors.Join(append(errs, err)...)); !ok {
		t.Errorf("an event that was taken in: %v, %v", errs, err)
	}
}

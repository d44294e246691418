package sqlstore

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// FuzzDamage damages the files of a store that was cut off at a place, in a
// way. Whatever comes of it: no panic and no hang; a store that is not opened
// because of damage is left as it was; what can be read is right, and what
// cannot says so. A single byte that is changed inside a text may go unnoticed:
// SQLite has no checksums in the database.
func FuzzDamage(f *testing.F) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 0))
		f.Add(uint8(seed), uint8(seed/3), r.Uint32(), uint16(r.Uint32()))
	}
	whole := wreck(f)
	f.Fuzz(func(t *testing.T, which, way uint8, place uint32, length uint16) {
		path := copied(t, whole)
		file := path + []string{"", "", "-wal", "-shm"}[which%4]
		flipped := damage(t, file, way, place, length)
		before := contents(t, path)
		began := time.Now()
		s, err := Open(t.Context(), path, Options{NoSync: true, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			if contents(t, path) != before {
				t.Errorf("not opened, and changed: %v", err)
			}
			return
		}
		for k := range wreckConversations {
			checkDamaged(t, s, killID(k), flipped)
		}
		if _, err := s.List(t.Context(), bridge.Filter{}); err != nil && !unreadable(err) && !errors.Is(err, bridge.ErrUnreadable) {
			t.Errorf("list: %v", err)
		}
		_, _ = s.Commit(t.Context(), []bridge.Commit{said("another", 0, 1, "an event"), said(killID(1), wreckEntries, 1)}) // it ends
		_ = s.Close()                                                                                                      // it ends
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it has taken %s", took)
		}
	})
}

// checkDamaged reads a conversation: all of it is right, or it says that it
// cannot be read.
func checkDamaged(t *testing.T, s *Store, id bot.ConversationID, flipped bool) {
	t.Helper()
	stored, loaded := s.Load(t.Context(), id)
	entries, read := s.Entries(t.Context(), id, 0, wreckEntries)
	for _, err := range []error{loaded, read} {
		if err != nil && !errors.Is(err, bridge.ErrUnreadable) && !flipped {
			t.Errorf("%s: %v", id, err)
		}
	}
	if loaded == nil && stored.Conversation.Number != wreckEntries && !flipped {
		t.Errorf("%s ends at %d", id, stored.Conversation.Number)
	}
	for i, entry := range entries {
		if want := message(int64(i) + 1); entry.Number != want.Number || !flipped && entry.Message.Text != want.Message.Text {
			t.Errorf("%s: entry %d is %d: %s", id, want.Number, entry.Number, entry.Message.Text)
		}
	}
}

// damage does it, and reports whether it was no more than a byte.
func damage(t *testing.T, file string, way uint8, place uint32, length uint16) (flipped bool) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := int(place) % len(content)
	end := min(len(content), at+64+int(length)%8192)
	switch way % 4 {
	case 0:
		content = content[:at]
	case 1:
		clear(content[at:end])
	case 2:
		r := rand.New(rand.NewPCG(uint64(place), uint64(length)))
		for i := at; i < end; i++ {
			content[i] = byte(r.Uint32())
		}
	case 3:
		content[at] ^= byte(length) | 1
		flipped = true
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return flipped
}

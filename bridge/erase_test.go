package bridge_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// saysIn says something in a conversation, with a file.
func (w *world) saysIn(id bot.ConversationID, text string) {
	w.t.Helper()
	w.events++
	kept, err := w.engine.Keep(w.ctx, id, text, bot.Attachment{Name: "a.txt"}, strings.NewReader("content"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.receive(lifecycle.Event{
		Kind: lifecycle.EventSaid, Conversation: id, Channel: "web",
		Message: &bot.Message{Text: text, Attachments: []bot.Attachment{kept}}, Customer: &bot.Customer{ID: "u-" + string(id)},
	})
	w.pass(time.Second)
}

// files is how many files are kept.
func (w *world) files() (n int) {
	w.t.Helper()
	err := filepath.WalkDir(filepath.Join(filepath.Dir(w.path), "files"), func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) gone(id bot.ConversationID) bool {
	w.t.Helper()
	_, err := w.engine.Conversation(w.ctx, id)
	if err != nil && !errors.Is(err, bridge.ErrNotFound) {
		w.t.Fatal(err)
	}
	return err != nil
}

// TestKeep: what rests for longer than the channel keeps it is erased, with its
// files, from memory and from the store; what is open stays. Who comes back is
// new.
func TestKeep(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		ch := w.channel
		ch.Keep, ch.NoAgentAfter = 24*time.Hour, 0
		w.channel = ch
		w.restart()
		w.receive(lifecycle.Event{ID: "start", Kind: lifecycle.EventStarted, Conversation: "c1", Channel: "web"})
		w.saysIn("c1", "bye")
		w.saysIn("c2", "hello")
		w.saysIn("c3", "a person please")
		w.pass(23 * time.Hour)
		w.saysIn("c2", "hello again")
		if w.gone("c1") || w.gone("c2") || w.gone("c3") || w.files() != 4 {
			t.Fatalf("erased too early: %d files", w.files())
		}
		w.pass(3 * time.Hour)
		if !w.gone("c1") || w.gone("c2") || w.gone("c3") || w.files() != 3 {
			t.Errorf("c1 %t, c2 %t, c3 %t, %d files", w.gone("c1"), w.gone("c2"), w.gone("c3"), w.files())
		}
		w.pass(24 * time.Hour)
		if !w.gone("c2") || w.gone("c3") || w.files() != 1 {
			t.Errorf("c2 %t, c3 %t, %d files", w.gone("c2"), w.gone("c3"), w.files())
		}
		w.receive(lifecycle.Event{ID: "start", Kind: lifecycle.EventStarted, Conversation: "c1", Channel: "web"})
		w.says("here I am")
		w.pass(time.Second)
		want := []string{"1 started", "2 said customer here I am", "3 said bot You said: here I am", "4 done bot"}
		if diff := cmp.Diff(want, w.journal()); diff != "" {
			t.Error("-want +got\n" + diff)
		}
		w.restart()
		if diff := cmp.Diff(want, w.journal()); diff != "" {
			t.Error("after a restart: -want +got\n" + diff)
		}
	})
}

// TestErase: not while somebody waits, and then all of it: late news of the
// ticket change nothing.
func TestErase(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		if err := w.engine.Erase(w.ctx, "c1"); !errors.Is(err, bridge.ErrNotFound) {
			t.Errorf("what is not there: %v", err)
		}
		w.saysIn("c1", "a person please")
		if err := w.engine.Erase(w.ctx, "c1"); !errors.Is(err, bridge.ErrOpen) {
			t.Errorf("in the queue: %v", err)
		}
		w.receive(lifecycle.Event{Kind: lifecycle.EventLeft, Conversation: "c1"})
		w.pass(time.Second)
		woken := w.line.woken["c1"]
		if err := w.engine.Erase(w.ctx, "c1"); err != nil {
			t.Fatal(err)
		}
		if woken == 0 || w.line.woken["c1"] != 0 {
			t.Errorf("the line is told of %d, then of %d", woken, w.line.woken["c1"])
		}
		w.ticket(lifecycle.EventAgentSaid, "ann", "Are you there?")
		_, err := w.engine.Receive(w.ctx, lifecycle.Event{ID: "late", Kind: lifecycle.EventTicket, Channel: "web", Desk: "acme", Ticket: "T1",
			Marker: lifecycle.Marker{Conversation: "c1", Entry: 2}})
		if !errors.Is(err, bridge.ErrNotFound) || !w.gone("c1") || w.files() > 0 {
			t.Errorf("late news: %v, %d files", err, w.files())
		}
		w.pass(26 * time.Hour)
		w.restart()
		w.pass(time.Hour)
		if !w.gone("c1") {
			t.Error("it is back")
		}
	})
}

// TestErasureThatWasCutOff is completed by the next run.
func TestErasureThatWasCutOff(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		w.saysIn("c1", "hello")
		w.pass(time.Second)
		if err := w.store.Erase(w.ctx, bridge.Erasure{Conversation: "c1"}); err != nil {
			t.Fatal(err)
		}
		if w.files() != 1 {
			t.Fatal("no file to be erased")
		}
		w.restart()
		w.pass(time.Second)
		work, err := w.store.Work(w.ctx)
		if err != nil || len(work) > 0 || w.files() > 0 || !w.gone("c1") {
			t.Errorf("left: %v, %d files, %v", work, w.files(), err)
		}
	})
}

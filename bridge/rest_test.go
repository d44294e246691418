package bridge_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// TestUnreadableConversationRests: a conversation that is damaged in the store
// takes nobody with it. Whoever asks for it is told, and the log, once.
func TestUnreadableConversationRests(t *testing.T) {
	inWorld(t, echo, func(w *world) {
		said := func(id bot.ConversationID, event, text string) error {
			_, err := w.engine.Receive(w.ctx, lifecycle.Event{ID: event, Kind: lifecycle.EventSaid, Conversation: id,
				Channel: "web", Message: &bot.Message{Text: text}})
			synctest.Wait()
			return err
		}
		w.says("hello")
		if err := errors.Join(said("c2", "x1", "to be damaged"), said("c2", "x2", "agent")); err != nil {
			t.Fatal(err)
		}
		w.stop()
		content, err := os.ReadFile(w.path)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.ReplaceAll(content, []byte("to be damaged"), []byte("to be \x00amaged"))
		if err := os.WriteFile(w.path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		log := &bytes.Buffer{}
		w.log = slog.NewTextHandler(log, nil)
		w.start()

		w.says("still there?")
		if got := w.customerSees(); !strings.Contains(strings.Join(got, "|"), "still there?") {
			t.Errorf("the other customer sees %q", got)
		}
		for range 3 {
			err := said("c2", "x3", "and I?")
			if !errors.Is(err, bridge.ErrUnreadable) || errors.Is(err, bridge.ErrUnavailable) {
				t.Errorf("said to a damaged conversation: %v", err)
			}
			w.pass(10 * time.Minute)
		}
		if _, err := w.engine.Entries(w.ctx, "c2", 0, 100); !errors.Is(err, bridge.ErrUnreadable) {
			t.Errorf("its journal: %v", err)
		}
		if n := strings.Count(log.String(), "the conversation rests"); n != 1 || !strings.Contains(log.String(), "conversation=c2") {
			t.Errorf("logged %d times:\n%s", n, log)
		}
	})
}

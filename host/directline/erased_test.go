package directline

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// erase forgets a conversation, as the engine does.
func (m *memory) erase(id bot.ConversationID) {
	m.mu.Lock()
	delete(m.journal, id)
	m.mu.Unlock()
	m.line.Wake(id, 0)
}

// TestErasedWhileOpen: a page that is open when its conversation is erased, and
// whose customer says something after that, shows what is new.
func TestErasedWhileOpen(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream := h.open(c.StreamURL)
	for range 5 {
		h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "old"))
	}
	stream.texts(6)
	h.engine.erase(c.ID)
	h.post(c, `{"type":"message","text":"new"}`)
	h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "answer"))
	if diff := cmp.Diff([]string{"new", "answer"}, stream.texts(2)); diff != "" {
		t.Error(diff)
	}
}

// TestErasedSince: a watermark of what was erased is not one of what has begun
// since: all of that is shown.
func TestErasedSince(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	for range 5 {
		h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "old"))
	}
	old := *h.get(c, "").Watermark
	h.engine.erase(c.ID)
	h.want(404, nil, "GET", "/conversations/"+string(c.ID)+"/activities?watermark="+old, c.Token, "")
	h.post(c, `{"type":"message","text":"new"}`)
	if diff := cmp.Diff([]string{"new"}, h.get(c, old).texts()); diff != "" {
		t.Errorf("asked: %s", diff)
	}
	var again conversation
	h.want(200, &again, "GET", "/conversations/"+string(c.ID)+"?watermark="+old, c.Token, "")
	for _, url := range []string{again.StreamURL, strings.Replace(again.StreamURL, "watermark=0", "watermark="+old, 1)} {
		if diff := cmp.Diff([]string{"new"}, h.open(url).texts(1)); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
	}
}

// ahead is an engine whose view of a conversation is behind its journal.
type ahead struct{ Engine }

func (a ahead) Conversation(ctx context.Context, id bot.ConversationID) (lifecycle.Conversation, error) {
	c, err := a.Engine.Conversation(ctx, id)
	c.Number = min(c.Number, 1)
	return c, err
}

// TestAheadOfView: what was read a moment ago is not read again, though the
// conversation is not yet seen to have come so far.
func TestAheadOfView(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Engine = ahead{c.Engine} })
	c := h.begin()
	if set := h.get(c, *h.get(c, "").Watermark); len(set.Activities) != 0 {
		t.Errorf("%+v", set)
	}
}

package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// baiter answers with what it was sent, which must be an address, wherever an
// address can be, and hands off with it on "agent ADDRESS".
func baiter(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	var at string
	for _, word := range strings.Fields(t.Text()) {
		if strings.HasPrefix(word, "http") {
			at = word
		}
	}
	switch {
	case at == "":
		return nil
	case strings.Contains(t.Text(), "agent http"): // perhaps behind other messages, of one turn
		return reply.Handoff(bot.Handoff{Reason: at, Summary: "see " + at, Properties: map[string]string{"link": at, "callback_url": at}})
	}
	card := fmt.Sprintf(`{"$schema": %[1]q, "type": "AdaptiveCard", "version": "1.3", "backgroundImage": %[1]q, "fallbackText": %[1]q,
		"body": [{"type": "Image", "url": %[1]q}, {"type": "Media", "poster": %[1]q, "sources": [{"mimeType": "video/mp4", "url": %[1]q}]}],
		"actions": [{"type": "Action.OpenUrl", "title": "Open", "url": %[1]q, "iconUrl": %[1]q}]}`, at)
	return reply.Send(bot.Message{
		Text:         "![look](" + at + ") <img src=\"" + at + "\">",
		Cards:        []bot.Card{{ContentType: "application/vnd.microsoft.card.adaptive", Content: json.RawMessage(card), Fallback: at}},
		QuickReplies: []bot.QuickReply{{Title: "Go", Value: at}},
		Attachments:  []bot.Attachment{{Name: at, ContentType: "image/png", URL: at}, {ContentType: "text/html", URL: at}},
	})
}

// trap is a server that nobody is to call.
type trap struct {
	url string

	mu     sync.Mutex
	called []string
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	made := &trap{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		made.mu.Lock()
		defer made.mu.Unlock()
		made.called = append(made.called, r.Method+" "+r.URL.Path)
	}))
	t.Cleanup(server.Close)
	made.url = server.URL
	return made
}

// at is an address of the trap that says where it was planted.
func (b *trap) at(where string) string { return b.url + "/" + url.PathEscape(where) }

// TestNothingThatIsNamedIsFetched: addresses that a customer, a bot or an event
// names, wherever one can be, are passed on, and the host calls none of them.
func TestNothingThatIsNamedIsFetched(t *testing.T) {
	t.Parallel()
	bait, key := newTrap(t), newKey(t)
	w := newWorldAs(t, setting{key: key, change: func(text string) string {
		return strings.ReplaceAll(text, fmt.Sprintf("[%q, echo]", os.Args[0]), fmt.Sprintf("[%q, baiter]", os.Args[0]))
	}})

	c := w.newCustomer(webSecret)
	c.posts(fmt.Sprintf(`{"type": "message", "text": "look at %s", "textFormat": "markdown", "serviceUrl": %[1]q, "locale": %[1]q,
		"from": {"id": "x", "iconUrl": %[1]q}, "attachments": [
			{"contentType": "image/png", "contentUrl": %[1]q, "thumbnailUrl": %[1]q, "name": %[1]q},
			{"contentType": "text/html", "contentUrl": %[1]q, "content": {"url": %[1]q}}],
		"channelData": {"url": %[1]q, "clientActivityID": %[1]q}}`, bait.at("a customer's message")))
	c.posts(fmt.Sprintf(`{"type": "message", "value": {"url": %q}}`, bait.at("a customer's press")))
	c.posts(fmt.Sprintf(`{"type": "event", "name": "webchat/join", "value": {"url": %q}}`, bait.at("a customer's event")))
	c.uploads(bait.at("an upload's text"), bait.at("an upload's name"), `<img src="`+bait.at("an upload's content")+`">`)
	c.says("agent " + bait.at("a handoff"))
	w.agent("ada", "accept")
	c.awaitHeldBy("agent")
	c.posts(fmt.Sprintf(`{"type": "message", "text": "and %s", "attachments": [{"contentType": "image/png", "contentUrl": %[1]q}]}`, bait.at("said to the agent")))
	w.await("the agent has it", func() error {
		if sees := w.agentSees(); !strings.Contains(strings.Join(sees, " "), bait.at("said to the agent")) {
			return fmt.Errorf("the agent sees %q", sees)
		}
		return nil
	})

	ticket := w.tickets()[0]
	for i, data := range []string{
		`{"isEcho": false, "sender": {"id": "ada", "type": "agent"}, "text": %[1]q, "attachments": [
			{"id": "a1", "type": "image", "preSignedUrl": %[1]q, "fileName": %[1]q}, {"type": "file", "preSignedUrl": %[1]q}, {"id": %[1]q, "preSignedUrl": %[1]q}],
			"cards": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard", "body": [{"type": "Image", "url": %[1]q}]}}]}`,
		`{"isEcho": true, "sender": {"id": "bot", "type": "bot"}, "attachments": [{"id": "a2", "preSignedUrl": %[1]q}]}`,
	} {
		body := fmt.Sprintf(`{"eventType": "MESSAGE", "conversationId": %q, "timestamp": %d, "replyUrl": %q, "data": %s}`,
			ticket, time.Now().UnixMilli(), bait.at("an event's address"), fmt.Sprintf(data, bait.at("an event's file")))
		if status := w.post(key, hook{event: fmt.Sprint("bait", i), body: body}); status != http.StatusNoContent {
			t.Errorf("event %d: %d", i, status)
		}
	}
	w.await("the customer sees the event", func() error {
		if sees := strings.Join(c.sees(), "\n"); !strings.Contains(sees, "ada: "+bait.at("an event's file")) {
			return fmt.Errorf("the customer sees\n%s", sees)
		}
		return nil
	})
	w.awaitDelivered()
	for _, address := range c.links() { // which lets the host look for it
		w.call("GET", strings.Replace(address, "http://patchbay.test", w.front, 1), "", nil, new(string))
	}
	w.agent("ada", "leave")
	c.awaitHeldBy("bot")

	w.call("GET", bait.at("the test itself"), "", nil, nil)
	if diff := cmp.Diff([]string{"GET /the test itself"}, bait.calls()); diff != "" {
		t.Errorf("the trap was called (-want +got):\n%s", diff)
	}
}

func (b *trap) calls() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.called)
}

// posts posts an activity as it is.
func (c *customer) posts(body string) {
	c.w.t.Helper()
	var answer string
	if status := c.w.call("POST", c.activities(), c.Token, body, &answer); status != http.StatusOK {
		c.w.t.Fatalf("post %s: %d %s", body, status, answer)
	}
}

// links are the addresses of the host's own files in the conversation.
func (c *customer) links() []string {
	c.w.t.Helper()
	var set struct {
		Activities []struct {
			Attachments []struct{ Name, ContentURL string }
		}
	}
	c.w.call("GET", c.activities(), c.Token, nil, &set)
	var found []string
	for _, a := range set.Activities {
		for _, file := range a.Attachments {
			if strings.HasPrefix(file.ContentURL, "http://patchbay.test/") {
				found = append(found, file.ContentURL)
			}
		}
	}
	return found
}

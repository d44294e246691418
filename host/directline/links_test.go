package directline

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// pathOf is a FileURL that tells what it was asked for.
func pathOf(conversation bot.ConversationID, entry int64, index int, name string) string {
	return fmt.Sprintf("/files/%s-%d-%d/%s", conversation, entry, index, name)
}

// What the host keeps, and what the desk has, is shown by an address here, on
// polls and on streams; what is elsewhere by its own.
func TestFileLinks(t *testing.T) {
	files := func(h *house, headers ...string) (shown []string) {
		var c conversation
		h.want(201, &c, "POST", "/conversations", webSecret, "", headers...)
		_, path, _ := strings.Cut(c.StreamURL, "/v3/") // the public address is nobody's
		stream := h.open("ws"+strings.TrimPrefix(h.url, "http")+"/v3/"+path, headers...)
		e := said(bot.AuthorAgent, "a1", "Bea", "")
		e.Message.Attachments = []bot.Attachment{
			{Name: "a.png", ContentType: "image/png", URL: lifecycle.FileURL(lifecycle.FileKept, "f1"), Size: 5},
			{Name: "b.pdf", URL: lifecycle.FileURL(lifecycle.FileAtDesk, "f2")},
			{Name: "c", ContentType: "text/plain", URL: "https://example.com/c"},
		}
		h.engine.add(c.ID, e)
		var set struct {
			Activities []struct{ Attachments []attachment }
		}
		h.want(200, &set, "GET", "/conversations/"+string(c.ID)+"/activities?watermark=2", webSecret, "", headers...)
		for _, a := range set.Activities[0].Attachments {
			shown = append(shown, strings.ReplaceAll(a.ContentURL, string(c.ID), "ID"))
		}
		polled, err := json.Marshal(set.Activities[0].Attachments)
		if err != nil {
			t.Fatal(err)
		}
		for frame := ""; !strings.Contains(frame, `"attachments":`+string(polled)); {
			if _, text, err := stream.conn.ReadMessage(); err != nil {
				t.Fatalf("%v, the last frame is %s, want %s", err, frame, polled)
			} else {
				frame = string(text)
			}
		}
		return shown
	}
	plain := newHouse(t, func(c *Config) { c.FileURL = pathOf })
	public := newHouse(t, func(c *Config) { c.FileURL, c.PublicURL = pathOf, "https://chat.example.com/bots/" })
	absolute := newHouse(t, func(c *Config) {
		c.FileURL = func(bot.ConversationID, int64, int, string) string { return "https://files.example.com/x" }
	})
	none := newHouse(t)
	const elsewhere = "https://example.com/c"
	for _, test := range []struct {
		got, want []string
	}{
		{files(plain), []string{plain.url + "/files/ID-3-0/a.png", plain.url + "/files/ID-3-1/b.pdf", elsewhere}},
		{files(public), []string{"https://chat.example.com/bots/files/ID-3-0/a.png", "https://chat.example.com/bots/files/ID-3-1/b.pdf", elsewhere}},
		{files(absolute), []string{"https://files.example.com/x", "https://files.example.com/x", elsewhere}},
		{files(none), []string{"", "", elsewhere}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Error(diff)
		}
	}
}

// Nobody gets at a file by posting what the journal calls it.
func TestFileLinksNotPosted(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	for _, address := range []string{"kept-file:f1", "desk-attachment:f2", "KEPT-FILE:f1", "kept-file://host/x", "file:///etc/passwd", "data:", "data:x"} {
		body := `{"type":"message","attachments":[{"contentType":"image/png","contentUrl":"` + address + `"}]}`
		if a := h.call("POST", "/conversations/"+string(c.ID)+"/activities", c.Token, body); a.status != 400 || h.engine.taken() != 1 {
			t.Errorf("%s: %d %s", address, a.status, a.body)
		}
	}
}

// A file inside an address is kept as an upload is.
func TestPostedData(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	body := `{"type":"message","channelData":{"clientActivityID":"c1"},"attachments":[
		{"contentType":"image/jpeg","contentUrl":"data:image/jpeg;base64,iVBORw0KGgoAAAANSUhEUg==","name":"../cat.png"},
		{"contentUrl":"https://example.com/c","contentType":"text/plain"},
		{"contentUrl":"data:,hello%2C%20world"}]}`
	if first, second := h.post(c, body), h.post(c, body); first != second {
		t.Errorf("%s, then %s", first, second)
	}
	want := []string{"cat.png image/png " + png, " text/plain ", "file.txt text/plain; charset=utf-8 hello, world"}
	if diff := cmp.Diff(want, h.engine.contents(h.engine.last())); diff != "" {
		t.Error(diff)
	}
	if len(h.engine.files) != 2 || h.engine.taken() != 2 {
		t.Errorf("%d files, %d events", len(h.engine.files), h.engine.taken())
	}
	for _, bad := range []string{"data:;base64,$$$", "data:;base64,", "data:,", "data:text/plain", "data:,%zz"} {
		a := h.call("POST", "/conversations/"+string(c.ID)+"/activities", c.Token, `{"type":"message","attachments":[{"contentUrl":"`+bad+`"}]}`)
		if a.status != 400 || a.code() != codeBadArgument {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
}

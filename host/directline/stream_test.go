package directline

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"pgregory.net/rapid"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// What host.New relies on.
var (
	_ Engine      = (*bridge.Engine)(nil)
	_ bridge.Line = (*Hub)(nil)
	_ bridge.Line = (*Server)(nil)
)

func TestStreamShowsOwnPosts(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream, other := h.open(c.StreamURL), h.open(c.StreamURL)
	id := h.post(c, `{"type":"message","text":"one","channelData":{"clientActivityID":"c1"}}`)
	h.engine.add(c.ID, hidden(), said(bot.AuthorAgent, "a1", "Bea", "two"))

	for _, client := range []*client{stream, other} {
		var got []seen
		watermark := ""
		for len(got) < 3 {
			set := client.next()
			got, watermark = append(got, set.Activities...), *set.Watermark
		}
		if got[1].ID != id || got[1].ChannelData.ClientActivityID != "c1" || got[1].From.Role != "user" {
			t.Errorf("own post: %+v", got[1])
		}
		if diff := cmp.Diff([]string{"Hello!", "one", "two"}, seenSet{Activities: got}.texts()); diff != "" {
			t.Error(diff)
		}
		if got[2].ChannelData.Patchbay.Author != bot.AuthorAgent || watermark != "5" {
			t.Errorf("%+v, watermark %s", got[2], watermark)
		}
	}
	if open := h.server.hub.open(); open != 2 {
		t.Errorf("%d streams", open)
	}
}

func TestStreamWithoutWatermarkShowsNews(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	bare := "ws" + strings.TrimPrefix(h.url, "http") + "/v3/directline/conversations/" + string(c.ID) + "/stream"
	byQuery := h.open(bare + "?t=" + c.Token)
	byHeader := h.open(bare, "Authorization", "Bearer "+c.Token)
	h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "news"))
	for _, client := range []*client{byQuery, byHeader} {
		if diff := cmp.Diff([]string{"news"}, client.texts(1)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestTypingIsNotNumbered(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream := h.open(c.StreamURL)
	stream.texts(1)
	h.server.Typing(c.ID, bridge.Typing{Author: bot.AuthorCustomer})
	h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "after the customer's own"))
	stream.texts(1)
	h.server.Typing("another", bridge.Typing{Author: bot.AuthorBot})
	h.server.Typing(c.ID, bridge.Typing{Author: bot.AuthorAgent, AuthorID: "a1", Name: "Bea"})
	set := stream.next()
	a := set.Activities[0]
	if set.Watermark != nil || a.ID != "" || a.Type != "typing" || a.ChannelData.Patchbay.Agent.Name != "Bea" {
		t.Errorf("%+v", set)
	}
	if set := h.get(c, ""); len(set.Activities) != 2 || *set.Watermark != "3" {
		t.Errorf("%+v", set)
	}
}

func TestActivitiesArePaged(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	var want []string
	for i := range 3 * pageSize {
		h.engine.add(c.ID, hidden())
		if i%50 == 0 {
			text := fmt.Sprintf("message %d", i)
			h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", text))
			want = append(want, text)
		}
	}
	h.engine.add(c.ID, hidden())
	var got []string
	watermark := "2" // behind the greeting
	for {
		set := h.get(c, watermark)
		watermark = *set.Watermark
		if len(set.Activities) == 0 {
			break
		}
		got = append(got, set.texts()...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if last := fmt.Sprint(2 + 3*pageSize + len(want) + 1); watermark != last {
		t.Errorf("watermark %s, want %s: hidden entries count", watermark, last)
	}
	for _, start := range []string{"", "-", "0"} {
		if set := h.get(c, start); set.Activities[0].Text != "Hello!" {
			t.Errorf("%q: not from the start", start)
		}
	}
}

// A stream that is opened on more than a page shows all of it, though nothing
// new is said.
func TestStreamShowsAllPages(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	want := []string{"Hello!"}
	for i := range 2 * pageSize {
		want = append(want, fmt.Sprint(i))
		h.engine.add(c.ID, hidden(), said(bot.AuthorBot, "", "faq", want[i+1]))
	}
	if diff := cmp.Diff(want, h.open(c.StreamURL).texts(len(want))); diff != "" {
		t.Error(diff)
	}
}

// Whatever is said, and however often the client is cut off and comes back
// with its watermark: it sees everything once, in order.
func TestReconnectLosesAndRepeatsNothing(t *testing.T) {
	h := newHouse(t)
	rapid.Check(t, func(r *rapid.T) {
		c := h.begin()
		want, got := []string{"Hello!"}, []string{}
		stream, watermark := h.open(c.StreamURL), ""
		say := func(entries ...lifecycle.Entry) {
			h.engine.add(c.ID, entries...)
			for _, e := range entries {
				if e.Message != nil {
					want = append(want, e.Message.Text)
				}
			}
		}
		read := func() {
			set := stream.next()
			if set.Watermark != nil {
				watermark = *set.Watermark
				got = append(got, set.texts()...)
			}
		}
		reconnect := func() {
			stream.conn.Close()
			h.want(200, &c, "GET", "/conversations/"+string(c.ID)+"?watermark="+watermark, c.Token, "")
			stream = h.open(c.StreamURL)
		}
		text := func() string { return fmt.Sprintf("message %d", len(want)) }
		r.Repeat(map[string]func(*rapid.T){
			"customer": func(*rapid.T) {
				want = append(want, text())
				body := fmt.Sprintf(`{"type":"message","text":%q,"channelData":{"clientActivityID":"%d"}}`, want[len(want)-1], len(want))
				h.post(c, body)
				h.post(c, body)
			},
			"bot":       func(*rapid.T) { say(said(bot.AuthorBot, "", "faq", text()), hidden()) },
			"hidden":    func(*rapid.T) { say(hidden()) },
			"typing":    func(*rapid.T) { h.server.Typing(c.ID, bridge.Typing{Author: bot.AuthorBot}) },
			"reconnect": func(*rapid.T) { reconnect() },
			"read": func(r *rapid.T) {
				if len(got) == len(want) {
					r.Skip("nothing to read")
				}
				read()
			},
			"": func(r *rapid.T) {
				if diff := cmp.Diff(want[:len(got)], got); diff != "" {
					r.Fatal(diff)
				}
			},
		})
		for len(got) < len(want) {
			read()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatal(diff)
		}
		stream.conn.Close()
	})
}

// Wake-ups from many goroutines while the stream writes: none is lost.
func TestNoWakeUpIsLost(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream := h.open(c.StreamURL)
	const writers, each = 8, 50
	for range writers {
		go func() {
			for range each {
				h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "x"))
			}
		}()
	}
	if got := stream.texts(1 + writers*each); len(got) != 1+writers*each {
		t.Errorf("%d activities", len(got))
	}
}

func TestSlowStreamHoldsUpNobody(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	lazy := h.open(c.StreamURL)
	lazy.texts(1) // and then it reads no more
	if err := lazy.conn.NetConn().(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	quick := h.open(c.StreamURL)
	quick.texts(1)
	large := strings.Repeat("x", 256<<10) // more than the kernel keeps
	for range 4 {
		h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", large))
		quick.texts(1)
	}
	slow := h.sockets(c.ID)[0]
	slow.mu.Lock()
	if !slow.writing || slow.at == 6 {
		t.Error("no stream was slow: the test shows nothing")
	}
	slow.mu.Unlock()
	h.server.Typing(c.ID, bridge.Typing{Author: bot.AuthorBot})
	if set := quick.next(); set.Activities[0].Type != "typing" {
		t.Errorf("%+v", set)
	}
}

func (h *house) sockets(id bot.ConversationID) []*socket {
	h.server.hub.mu.Lock()
	defer h.server.hub.mu.Unlock()
	return h.server.hub.sockets[id]
}

func TestPing(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream := h.open(c.StreamURL)
	stream.texts(1)
	pings := 0
	stream.conn.SetPingHandler(func(string) error { pings++; return nil })
	for want := range 3 {
		h.clock.advance(pingEvery)
		h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "after the ping"))
		if stream.texts(1); pings != want+1 {
			t.Errorf("%d pings, want %d", pings, want+1)
		}
	}
	// What a client sends to keep the connection alive is dropped.
	for _, text := range []string{"", "null", `{"type":"message","text":"not by this way"}`} {
		if err := stream.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "still open"))
	if diff := cmp.Diff([]string{"still open"}, stream.texts(1)); diff != "" {
		t.Error(diff)
	}
	// Nor is it given much room; how it hears of that depends on how fast it writes.
	_ = stream.conn.WriteMessage(websocket.TextMessage, make([]byte, 2*maxFrame))
	err := stream.read(&seenSet{})
	if late, ok := errors.AsType[net.Error](err); err == nil || ok && late.Timeout() {
		t.Errorf("a large frame: %v", err)
	}
}

func TestJournalTroubleEndsStream(t *testing.T) {
	broken := make(chan error, 1)
	h := newHouse(t, func(c *Config) { c.Engine = brokenJournal{c.Engine, broken} })
	c := h.begin()
	stream := h.open(c.StreamURL)
	stream.texts(1)
	broken <- errors.New("disk on fire")
	h.server.Wake(c.ID, 3)
	err := stream.read(&seenSet{})
	if !websocket.IsCloseError(err, websocket.CloseInternalServerErr) {
		t.Errorf("%v", err)
	}
}

type brokenJournal struct {
	Engine
	errs chan error
}

func (b brokenJournal) Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]lifecycle.Entry, error) {
	select {
	case err := <-b.errs:
		return nil, err
	default:
		return b.Engine.Entries(ctx, id, after, limit)
	}
}

// A wake-up ahead of the journal must not make the stream look for ever.
func TestWakeAheadOfJournal(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream := h.open(c.StreamURL)
	stream.texts(1)
	h.server.Wake(c.ID, 1000)
	h.engine.add(c.ID, said(bot.AuthorBot, "", "faq", "news"))
	stream.texts(1)
	for { // the writer ends by itself
		k := h.sockets(c.ID)[0]
		k.mu.Lock()
		writing := k.writing
		k.mu.Unlock()
		if !writing {
			return
		}
		runtime.Gosched()
	}
}

func TestShutdown(t *testing.T) {
	h := newHouse(t)
	c := h.begin()
	stream := h.open(c.StreamURL)
	stream.texts(1)
	closed := make(chan error, 1)
	go func() { closed <- stream.read(&seenSet{}) }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := h.server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-closed; !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("%v", err)
	}
	late := h.open(c.StreamURL)
	if err := late.read(&seenSet{}); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("a stream after the end: %v", err)
	}
	if err := h.server.Shutdown(ctx); err != nil || h.server.hub.open() != 0 {
		t.Errorf("%v, %d streams", err, h.server.hub.open())
	}
}

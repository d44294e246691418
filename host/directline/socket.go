package directline

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/faultpoint"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// socketBuffer is the size of a socket's buffers; while nothing happens it costs
// the one for reading and one parked goroutine.
const socketBuffer = 1 << 10

// writeWithin ends a socket whose client does not read.
const writeWithin = 10 * time.Second

// socket is an open stream. Its reader goroutine waits for the client to go.
// Its writer runs only while there is something to write: the journal after
// at, somebody typing, a ping. Whoever brings work starts it; it looks again
// before it ends, so no work is left lying.
type socket struct {
	server *Server
	conn   *websocket.Conn
	conv   lifecycle.Conversation // of which the id and language are used
	base   string                 // where the client reaches the server
	ctx    context.Context        // done when the socket is
	cancel context.CancelFunc

	mu       sync.Mutex
	writing  bool           // the writer runs
	ended    bool           // nothing is written any more
	at       int64          // the journal is written through
	due      int64          // the journal is durable through
	look     bool           // the journal may go on, whatever due says
	anew     bool           // the journal was erased, and begins at 1 again
	typing   *bridge.Typing // to be shown; a newer one replaces it
	pinging  bool
	stopPing func() bool
}

// run begins a socket that shows the journal after number after.
func (s *Server) run(conn *websocket.Conn, conv lifecycle.Conversation, base string, after int64) {
	ctx, cancel := context.WithCancel(context.Background())
	kept := lifecycle.Conversation{ID: conv.ID, Channel: conv.Channel, Language: conv.Language}
	k := &socket{server: s, conn: conn, conv: kept, base: base, ctx: ctx, cancel: cancel, at: after}
	if !s.hub.add(k) {
		k.sayGoodbye()
		k.end()
		return
	}
	k.schedulePing()
	go k.read()
	// Looked at once in the hub: what was committed before is in the journal,
	// what is committed from now on wakes.
	k.bring(func() { k.look = true })
}

// wake says that the journal is durable through number; 0: that it was erased.
func (k *socket) wake(number int64) {
	k.bring(func() {
		if k.due = max(k.due, number); number == 0 {
			k.anew, k.due = true, 0
		}
	})
}

// showTyping says that somebody is at work.
func (k *socket) showTyping(t bridge.Typing) { k.bring(func() { k.typing = &t }) }

// bring adds work, and starts the writer if it does not run.
func (k *socket) bring(work func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	work()
	if !k.writing && !k.ended && k.busy() {
		k.writing = true
		go k.write()
	}
}

func (k *socket) busy() bool { return k.anew || k.look || k.due > k.at || k.typing != nil || k.pinging }

// write writes until nothing is left to do, or the socket is of no use any
// more.
func (k *socket) write() {
	for {
		k.mu.Lock()
		if k.anew {
			k.at, k.anew = 0, false
		}
		if k.ended || !k.busy() {
			k.writing = false
			k.mu.Unlock()
			return
		}
		todo := work{typing: k.typing, ping: k.pinging, read: k.look || k.due > k.at, due: k.due}
		k.typing, k.pinging, k.look = nil, false, false
		k.mu.Unlock()
		if err := k.do(todo); err != nil {
			k.fail(err)
			return
		}
	}
}

// work is what the writer does next, as taken from the socket.
type work struct {
	typing *bridge.Typing
	ping   bool
	read   bool
	due    int64
}

func (k *socket) do(todo work) error {
	if todo.ping {
		if err := k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)); err != nil {
			return err
		}
	}
	if todo.typing != nil {
		shown := showTyping(k.conv, *todo.typing, k.server.clock.Now())
		if err := k.frame(activitySet{Activities: []activity{shown}}); err != nil {
			return err
		}
	}
	if todo.read {
		return k.readOn(todo.due)
	}
	return nil
}

// readOn writes one page of the journal.
func (k *socket) readOn(due int64) error {
	set, through, more, err := k.server.page(k.ctx, k.conv, k.base, k.at) // only the writer changes at
	if err != nil {
		return &journalError{err}
	}
	if len(set.Activities) > 0 {
		faultpoint.Hit(faultpoint.BeforeDelivery)
		if err := k.frame(set); err != nil {
			return err
		}
		faultpoint.Hit(faultpoint.AfterDelivery)
		k.server.metrics.shown.Add(float64(len(set.Activities)))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at = through
	k.look = k.look || more
	if !more && k.due == due && k.due > k.at {
		k.due = k.at // the journal ends before what was announced: wait for news
	}
	return nil
}

// frame writes one frame.
func (k *socket) frame(set activitySet) error {
	text, err := json.Marshal(set)
	if err != nil {
		return &journalError{err}
	}
	if err := k.conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return k.conn.WriteMessage(websocket.TextMessage, text)
}

// journalError is a failure on our side.
type journalError struct{ err error }

func (e *journalError) Error() string { return "read journal: " + e.err.Error() }
func (e *journalError) Unwrap() error { return e.err }

// fail ends the socket; the client reconnects with its watermark.
func (k *socket) fail(err error) {
	if ours := (*journalError)(nil); errors.As(err, &ours) && k.ctx.Err() == nil {
		k.server.log.Error("direct line stream", "channel", k.conv.Channel, "conversation", k.conv.ID, "err", err)
		k.control(websocket.CloseInternalServerErr, "please reconnect")
	}
	k.end()
}

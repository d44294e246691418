package directline

import (
	"time"

	"github.com/gorilla/websocket"
)

const (
	pingEvery = 30 * time.Second
	// silence ends a socket: two pings were not answered.
	silence = 75 * time.Second
	// farewell is how long a client has to answer a good-bye.
	farewell = 2 * time.Second
	// maxFrame is the largest frame taken; clients send keep-alives only.
	maxFrame = 64 << 10
)

// read waits for the client to go, and drops what it sends: activities are
// posted, frames from a client only keep the connection alive.
func (k *socket) read() {
	defer k.server.hub.readers.Done()
	defer k.end()
	k.conn.SetReadLimit(maxFrame)
	k.alive()
	k.conn.SetPongHandler(func(string) error { k.alive(); return nil })
	for {
		if _, _, err := k.conn.NextReader(); err != nil {
			return
		}
		k.alive()
	}
}

// alive gives the client time to be heard again.
func (k *socket) alive() {
	if k.ctx.Err() == nil {
		_ = k.conn.SetReadDeadline(time.Now().Add(silence)) // fails only if closed
	}
}

func (k *socket) schedulePing() {
	stop := k.server.clock.AfterFunc(pingEvery, func() {
		k.schedulePing()
		k.bring(func() { k.pinging = true })
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopPing = stop
	if k.ended {
		stop()
	}
}

// goodbye asks the client to close; it has a moment to do so.
func (k *socket) goodbye() {
	k.sayGoodbye()
	k.cancel()
	_ = k.conn.SetReadDeadline(time.Now().Add(farewell)) // fails only if closed
}

func (k *socket) sayGoodbye() { k.control(websocket.CloseGoingAway, "please reconnect") }

// control writes a close frame, if the client still reads.
func (k *socket) control(code int, reason string) {
	_ = k.conn.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
}

// end closes the socket and forgets it. Idempotent.
func (k *socket) end() {
	k.mu.Lock()
	if k.ended {
		k.mu.Unlock()
		return
	}
	k.ended = true
	stop := k.stopPing
	k.mu.Unlock()
	if stop != nil {
		stop()
	}
	k.cancel()
	k.server.hub.remove(k)
	_ = k.conn.Close()
}

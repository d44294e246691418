package directline

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// pipeListener is a listener of one connection that is no socket, so that its
// time is the bubble's.
type pipeListener struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.done); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// uploadSlowly sends a file of so many bytes, one after each pause, to a server
// that gives requests 30 seconds, and answers its status; 0: it hung up.
func uploadSlowly(t *testing.T, bytes int, pause time.Duration) int {
	t.Helper()
	s, err := New(Config{
		Engine: newMemory(NewHub()), Spool: t.TempDir(),
		Channels: []Channel{{Name: "web", Secrets: [][]byte{[]byte(webSecret)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.engine.(*memory).line = s
	id := newConversationID()
	token := s.channels.Load().byName["web"].sign(claims{Conversation: id, User: "ann"}, time.Now().Add(time.Hour))

	client, conn := net.Pipe()
	defer client.Close()
	listener := &pipeListener{make(chan net.Conn, 1), make(chan struct{})}
	listener.conn <- conn
	server := &http.Server{Handler: s.Handler(), ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute}
	go server.Serve(listener)
	defer server.Close()

	answered := make(chan int, 1)
	go func() {
		resp, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	fmt.Fprintf(client, "POST /v3/directline/conversations/%s/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n",
		id, token, bytes)
	for range bytes {
		<-time.After(pause)
		if _, err := client.Write([]byte("x")); err != nil {
			break
		}
	}
	return <-answered
}

// TestPatience: an upload may take longer than other requests, as long as it
// comes, and not for ever.
func TestPatience(t *testing.T) {
	for name, test := range map[string]struct {
		bytes  int
		pause  time.Duration
		status int
	}{
		"slow":     {20, 25 * time.Second, 200},
		"stalled":  {2, 35 * time.Second, 400},
		"for ever": {100, 25 * time.Second, 400},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if status := uploadSlowly(t, test.bytes, test.pause); status != test.status {
					t.Errorf("%d, want %d", status, test.status)
				}
			})
		})
	}
}

// The error tells what has happened, and nothing of how.
func TestPatienceTells(t *testing.T) {
	f := faultOf(bodyFault(&net.OpError{Op: "read", Err: net.ErrClosed}, 1))
	if f.status != 400 || strings.Contains(f.message, "read") {
		t.Errorf("%v", f)
	}
}

// TestStreamsThatAreDead: a stream ends whose client does not read, or is not
// heard of.
func TestStreamsThatAreDead(t *testing.T) {
	for name, test := range map[string]struct {
		reads  bool
		within time.Duration
	}{
		"does not read":   {false, writeWithin},
		"does not answer": {true, silence},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client := streamOver(t)
				if test.reads {
					go func() { _, _ = io.Copy(io.Discard, client) }()
				}
				<-time.After(test.within - time.Second)
				synctest.Wait()
				if open := s.hub.open(); open != 1 {
					t.Errorf("before its time %d streams are open", open)
				}
				<-time.After(2 * time.Second)
				synctest.Wait()
				if open := s.hub.open(); open != 0 {
					t.Errorf("%d streams are open", open)
				}
			})
		})
	}
}

// TestStreamThatIsQuiet: a client that answers pings and nothing else, as
// browsers do, is there.
func TestStreamThatIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, client := streamOver(t)
		go func() { _, _ = io.Copy(io.Discard, client) }()
		for range 20 {
			<-time.After(pingEvery)
			if _, err := client.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}); err != nil { // a pong
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if open := s.hub.open(); open != 1 {
			t.Errorf("%d streams are open", open)
		}
	})
}

// streamOver opens a stream over a pipe, of a conversation in which something
// was said, and answers the client's end of it.
func streamOver(t *testing.T) (*Server, net.Conn) {
	t.Helper()
	s, err := New(Config{
		Engine: newMemory(NewHub()), Spool: t.TempDir(),
		Channels: []Channel{{Name: "web", Secrets: [][]byte{[]byte(webSecret)}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	engine := s.engine.(*memory)
	engine.line = s
	id := newConversationID()
	token := s.channels.Load().byName["web"].sign(claims{Conversation: id, User: "ann"}, time.Now())
	_, err = engine.Receive(t.Context(), lifecycle.Event{ID: "1", Kind: lifecycle.EventStarted, Conversation: id, Channel: "web"})
	if err != nil {
		t.Fatal(err)
	}
	client, conn := net.Pipe()
	listener := &pipeListener{make(chan net.Conn, 1), make(chan struct{})}
	listener.conn <- conn
	server := &http.Server{Handler: s.Handler(), ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute}
	go server.Serve(listener)
	t.Cleanup(func() { client.Close(); server.Close() })
	fmt.Fprintf(client, "GET /v3/directline/conversations/%s/stream?watermark=&t=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", id, token)
	resp, err := http.ReadResponse(bufio.NewReaderSize(client, 16), nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(resp, err)
	}
	return s, client
}

package host

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// one is a listener of one connection that is no socket, so that its time is
// the bubble's.
type one struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *one) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *one) Close() error   { close(l.done); return nil }
func (l *one) Addr() net.Addr { return &net.TCPAddr{} }

// TestReaderThatDoesNotRead: a client that asks, and reads nothing of the
// answer, does not keep a connection of the customers' side.
func TestReaderThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answered := make(chan error, 1)
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, 1<<20))
			answered <- err
		})
		side := newSide(handler, answerWithin, slog.New(slog.DiscardHandler))
		client, conn := net.Pipe()
		listener := &one{make(chan net.Conn, 1), make(chan struct{})}
		listener.conn <- conn
		go side.Serve(listener)
		defer side.Close()
		defer client.Close()
		fmt.Fprint(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		select {
		case err := <-answered:
			if err == nil {
				t.Error("nobody has read, and all was written")
			}
		case <-time.After(time.Hour):
			t.Error("the answer waits for ever")
		}
	})
}

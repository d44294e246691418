package host

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/test/bufconn"
)

// over serves a side in memory, so that its time is the bubble's, and answers a
// client's connection.
func over(t *testing.T, handler http.HandlerFunc) net.Conn {
	side := newSide(handler, answerWithin, slog.New(slog.DiscardHandler))
	listener := bufconn.Listen(4 << 10)
	go side.Serve(listener)
	client, err := listener.DialContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); side.Close() })
	return client
}

// TestReaderThatDoesNotRead: a client that asks, and reads nothing of the
// answer, does not keep a connection of the customers' side.
func TestReaderThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answered := make(chan error, 1)
		client := over(t, func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, 1<<20))
			answered <- err
		})
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

// TestSlowRequests: a client that sends a byte now and then does not keep a
// connection, wherever in its request it does so.
func TestSlowRequests(t *testing.T) {
	for name, begin := range map[string]string{
		"line": "GET /", "head": "GET / HTTP/1.1\r\nX: ", "body": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := over(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
				go func() { _, _ = io.Copy(io.Discard, client) }() // what is answered
				began := time.Now()
				_, err := io.WriteString(client, begin)
				for err == nil && time.Since(began) < time.Minute {
					<-time.After(time.Second)
					_, err = io.WriteString(client, "x")
				}
				if err == nil {
					t.Errorf("after %s it goes on", time.Since(began))
				}
			})
		})
	}
}

package files

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// slowDesk takes a minute to give a file.
type slowDesk struct{ *shelf }

func (d slowDesk) Attachment(ctx context.Context, conversation bot.ConversationID, entry int64, index int) (bridge.File, error) {
	select {
	case <-time.After(time.Minute):
		return d.shelf.Attachment(ctx, conversation, entry, index)
	case <-ctx.Done():
		return bridge.File{}, context.Cause(ctx)
	}
}

// once is a listener of one connection that is no socket, so that its time is
// the bubble's.
type once struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *once) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *once) Close() error   { close(l.done); return nil }
func (l *once) Addr() net.Addr { return &net.TCPAddr{} }

// serve serves over a pipe, with the limits of a host, and answers the client's
// end of it.
func serve(t *testing.T, handler http.Handler) net.Conn {
	client, conn := net.Pipe()
	listener := &once{make(chan net.Conn, 1), make(chan struct{})}
	listener.conn <- conn
	server := &http.Server{Handler: handler, ReadTimeout: 30 * time.Second, WriteTimeout: 3 * time.Minute}
	go server.Serve(listener)
	t.Cleanup(func() { client.Close(); server.Close() })
	return client
}

// TestPatience: a desk may take longer for a file than a request may take to
// come.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		desk := &shelf{file: bridge.File{Name: "cat.png", ContentType: "image/png"}}
		desk.content = book{bytes.NewReader([]byte("0123456789")), desk}
		addresses := NewAddresses("", []byte("key"), nil)
		handler, err := New(Config{Addresses: addresses, Engine: slowDesk{desk}, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		client := serve(t, handler)
		fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", addresses.URL(time.Hour, "conv", 7, 2, "cat.png"))
		resp, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.ContentLength != 10 {
			t.Errorf("%s, %d bytes", resp.Status, resp.ContentLength)
		}
	})
}

// TestPatienceWithReaders: whoever reads slowly gets all of a file, and whoever
// does not read is not waited for.
func TestPatienceWithReaders(t *testing.T) {
	const size = 4 << 20
	for name, test := range map[string]struct {
		pause time.Duration // before each 64 KiB
		got   bool
	}{
		"slow": {5 * time.Second, true}, // more than five minutes in all
		"gone": {15 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				desk := &shelf{file: bridge.File{Name: "cat.png", ContentType: "image/png"}}
				desk.content = book{bytes.NewReader(make([]byte, size)), desk}
				addresses := NewAddresses("", []byte("key"), nil)
				handler, err := New(Config{Addresses: addresses, Engine: desk, Logger: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				client := serve(t, handler)
				fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", addresses.URL(time.Hour, "conv", 7, 2, "cat.png"))
				resp, err := http.ReadResponse(bufio.NewReader(client), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				read := int64(0)
				for err == nil && read < size {
					<-time.After(test.pause)
					var n int64
					n, err = io.CopyN(io.Discard, resp.Body, 64<<10)
					read += n
				}
				if (read == size) != test.got {
					t.Errorf("%d of %d bytes, %v", read, size, err)
				}
			})
		})
	}
}

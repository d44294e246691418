package files

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
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
		client, conn := net.Pipe()
		defer client.Close()
		listener := &once{make(chan net.Conn, 1), make(chan struct{})}
		listener.conn <- conn
		server := &http.Server{Handler: handler, ReadTimeout: 30 * time.Second}
		go server.Serve(listener)
		defer server.Close()
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

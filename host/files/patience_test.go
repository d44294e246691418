package files

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/test/bufconn"

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

// asked is the answer to who asks for the desk's one file: in memory, so that its
// time is the bubble's, and with the limits of a host.
func asked(t *testing.T, desk Engine) *http.Response {
	addresses := NewAddresses("", []byte("key"), nil)
	handler, err := New(Config{Addresses: addresses, Engine: desk, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(4 << 10)
	server := &http.Server{Handler: handler, ReadTimeout: 30 * time.Second, WriteTimeout: 3 * time.Minute}
	go server.Serve(listener)
	client, err := listener.DialContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	fmt.Fprintf(client, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", addresses.URL(time.Hour, "conv", 7, 2, "cat.png"))
	resp, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// fileOf is a desk with one file of so many bytes.
func fileOf(size int) *shelf {
	desk := &shelf{file: bridge.File{Name: "cat.png", ContentType: "image/png"}}
	desk.content = book{bytes.NewReader(make([]byte, size)), desk}
	return desk
}

// TestPatience: a desk may take longer for a file than a request may take to
// come.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if resp := asked(t, slowDesk{fileOf(10)}); resp.StatusCode != http.StatusOK || resp.ContentLength != 10 {
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
				resp := asked(t, fileOf(size))
				var read int64
				var err error
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

package host

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/filestore"
)

// stepClock is set by hand, and hands over what is to be called later.
type stepClock struct {
	now   time.Time
	armed chan func()
}

func (c *stepClock) Now() time.Time { return c.now }

func (c *stepClock) AfterFunc(_ time.Duration, f func()) func() bool {
	c.armed <- f
	return func() bool { return true }
}

// TestSweeper: what is older than it may be goes, at the start and each time
// after.
func TestSweeper(t *testing.T) {
	folder, err := filestore.Open(t.TempDir(), filestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Put(t.Context(), "conv", "1", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	there := func() bool {
		file, err := folder.Open(t.Context(), "conv", "1")
		if err == nil {
			file.Close()
		} else if !errors.Is(err, bridge.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	clock := &stepClock{now: time.Now().Add(23 * time.Hour), armed: make(chan func())}
	ctx, stop := context.WithCancel(t.Context())
	s := &sweeper{folder: folder, keep: 24 * time.Hour, clock: clock, log: slog.New(slog.DiscardHandler)}
	ended := make(chan error)
	go func() { ended <- s.run(ctx) }()
	again := <-clock.armed
	if !there() {
		t.Error("it is gone after 23 hours")
	}
	clock.now = clock.now.Add(2 * time.Hour)
	again()
	<-clock.armed
	if there() {
		t.Error("it is there after 25 hours")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := (&sweeper{folder: folder}).run(t.Context()); err != nil {
		t.Errorf("for ever: %v", err)
	}
}

package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/patchbay-host/patchbay/bridge"
)

// use counts bytes, unless there is no room for them.
func (f *Folder) use(n int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n > 0 && f.room > 0 && f.used+n > f.room {
		return false
	}
	f.used += n
	return true
}

// claim is the room that a file takes while it is being written: as much as
// has come of it, so that many at a time cannot take more than there is.
type claim struct {
	folder *Folder
	bytes  int64
}

// Write claims room for what is about to be written.
func (c *claim) Write(p []byte) (int, error) {
	if !c.folder.use(int64(len(p))) {
		return 0, bridge.ErrNoRoom
	}
	c.bytes += int64(len(p))
	return len(p), nil
}

// settle keeps the room for good; the file has taken the place of one of
// before bytes.
func (c *claim) settle(before int64) {
	c.folder.use(-before)
	c.bytes = 0
}

// giveBack releases what was claimed and not settled.
func (c *claim) giveBack() { c.folder.use(-c.bytes) }

// noRoom makes what a full disk says, or a limit of the system's, into what the
// port says.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: %w", bridge.ErrNoRoom, err)
	}
	return err
}

// heeding stops reading when its context ends.
type heeding struct {
	ctx context.Context
	io.Reader
}

func (h heeding) Read(p []byte) (int, error) {
	if h.ctx.Err() != nil {
		return 0, context.Cause(h.ctx)
	}
	return h.Reader.Read(p)
}

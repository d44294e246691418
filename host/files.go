package host

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/filestore"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/files"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// How long the address of a file is good at least: for a customer, who may come
// back to the page, and for a bot, which is to fetch within its turn.
const (
	linkForCustomer = 24 * time.Hour
	linkForBot      = time.Hour
)

// sweepEvery is how often files that are too old are looked for.
const sweepEvery = time.Hour

// openFiles opens the place for the files of conversations.
func openFiles(cfg *config.Config) (*filestore.Folder, error) {
	return filestore.Open(cfg.Attachments.Folder, filestore.Options{Room: int64(cfg.Attachments.Room)})
}

// fileLinks makes addresses of files that are good for a while.
func fileLinks(addresses *files.Addresses, life time.Duration) func(bot.ConversationID, int64, int, string) string {
	return func(conversation bot.ConversationID, entry int64, index int, name string) string {
		return addresses.URL(life, conversation, entry, index, name)
	}
}

// sweeper removes the files that have been kept for longer than keep.
type sweeper struct {
	folder *filestore.Folder
	keep   time.Duration
	clock  bridge.Clock
	log    *slog.Logger
}

// run sweeps now and every hour, until ctx is done. For ever is kept what has
// no age to reach.
func (s *sweeper) run(ctx context.Context) error {
	if s.keep <= 0 {
		return nil
	}
	for {
		s.sweep(ctx)
		again := make(chan struct{})
		stop := s.clock.AfterFunc(sweepEvery, func() { close(again) })
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-again:
		}
	}
}

func (s *sweeper) sweep(ctx context.Context) {
	swept, err := s.folder.Sweep(ctx, s.clock.Now().Add(-s.keep))
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.log.Error("remove files that are too old", "err", err)
	case swept.Files > 0:
		s.log.Info("files that were too old are removed", "files", swept.Files, "size", fmt.Sprintf("%d bytes", swept.Bytes))
	}
}

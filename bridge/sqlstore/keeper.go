package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

const (
	// flushAt is how many heads or hashes may be in memory alone before they
	// are written without waiting: it bounds the time that the next start
	// takes.
	flushAt = 64 << 10
	// checkpointBytes is how much goes into the WAL before it is copied into
	// the database.
	checkpointBytes = 16 << 20
	// flushAgain is how long writing behind waits after it has failed.
	flushAgain = time.Minute
	// bytesPerTransaction is what one adds to the WAL besides its content.
	bytesPerTransaction = 4 << 10
)

// keeper does the work that no commit should wait for: it writes heads and
// hashes behind and copies the WAL into the database.
type keeper struct {
	s *Store
	// flush, checkpoint and probe hold one token when there is something to do.
	flush, checkpoint, probe chan struct{}
	quit, gone               chan struct{}
	quitOnce                 sync.Once

	// armed: disarm keeps a timer from flushing. Set under Store.writing.
	armed  atomic.Bool
	disarm func() bool
	// rests: nothing is written behind until then, after it has failed. Used
	// by the keeper's goroutine alone.
	rests time.Time
	bytes atomic.Int64
}

func newKeeper(s *Store) *keeper {
	k := &keeper{s: s, flush: make(chan struct{}, 1), checkpoint: make(chan struct{}, 1),
		probe: make(chan struct{}, 1), quit: make(chan struct{}), gone: make(chan struct{}), disarm: func() bool { return false }}
	go k.run()
	k.committed(0, s.memory.Load().behind())
	return k
}

// committed tells of bytes in a commit and of how much is in memory alone. It
// never blocks. The caller holds s.writing.
func (k *keeper) committed(bytes, behind int) {
	if behind > 0 && k.armed.CompareAndSwap(false, true) {
		k.disarm = k.s.options.Clock.AfterFunc(k.s.options.WriteBehind, func() { signal(k.flush) })
	}
	if behind >= flushAt {
		signal(k.flush)
	}
	k.wrote(bytes)
}

// wrote tells of a transaction with bytes.
func (k *keeper) wrote(bytes int) {
	if k.bytes.Add(int64(bytes)+bytesPerTransaction) >= checkpointBytes {
		signal(k.checkpoint)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// stop waits until the keeper is gone. Idempotent.
func (k *keeper) stop() {
	k.quitOnce.Do(func() { close(k.quit) })
	<-k.gone
}

func (k *keeper) run() {
	defer close(k.gone)
	for {
		select {
		case <-k.quit:
			return
		case <-k.flush:
			k.flushNow()
		case <-k.probe:
			k.s.recover()
		case <-k.checkpoint:
			if err := k.runCheckpoint(); err != nil {
				k.s.options.Log.Error("store: checkpoint", "err", err)
			}
		}
	}
}

// flushNow writes behind. If that fails though commits do not, it waits before
// it tries again: nothing depends on it.
func (k *keeper) flushNow() {
	if k.s.now().Before(k.rests) {
		return
	}
	k.armed.Store(false)
	err := k.runFlush()
	if err == nil || errors.Is(err, bridge.ErrUnwritable) {
		return
	}
	k.s.options.Log.Error("store: write behind", "err", err)
	k.s.writing.Lock()
	defer k.s.writing.Unlock()
	k.disarm()
	k.armed.Store(true)
	k.rests = k.s.now().Add(flushAgain)
	k.disarm = k.s.options.Clock.AfterFunc(flushAgain, func() { signal(k.flush) })
}

func (k *keeper) runFlush() error {
	k.s.writing.Lock()
	if k.s.closed || k.s.write == nil {
		k.s.writing.Unlock()
		return nil
	}
	f := k.s.newFlush()
	k.s.writing.Unlock()
	for {
		select {
		case <-k.quit:
			return nil // Close writes the rest
		default:
		}
		k.s.writing.Lock()
		done, err := f.step()
		if err != nil {
			err = k.s.failed(err, 0)
		}
		k.s.writing.Unlock()
		if done || err != nil {
			return err
		}
	}
}

// runCheckpoint copies the WAL into the database. The bulk of it goes while
// others commit; the rest, few pages by then, while nobody does, so that the
// next commit starts the WAL from its beginning.
func (k *keeper) runCheckpoint() error {
	k.bytes.Store(0)
	db, err := connect(k.s.path, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := checkpointWAL(conn); err != nil {
		return err
	}
	k.s.writing.Lock()
	defer k.s.writing.Unlock()
	return checkpointWAL(conn)
}

func checkpointWAL(conn *sql.Conn) error {
	var busy, pages, copied int
	err := conn.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied)
	if err != nil {
		return fmt.Errorf("copy WAL: %w", err)
	}
	return nil
}

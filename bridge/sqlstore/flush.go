package sqlstore

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// How much one step of writing behind writes, which is how long a commit may
// have to wait for it.
const (
	headsPerStep  = 256
	hashesPerStep = 1024

	// What one adds to the WAL, roughly: neighbours share pages.
	bytesPerHead = 2 << 10
	bytesPerHash = 1 << 10
)

// today by the store's clock.
func (s *Store) today() int64 { return day(s.now()) }

func (s *Store) now() time.Time { return s.options.Clock.Now() }

// flush writes heads and hashes to their tables, in steps between which others
// may commit. When the last step is durable so is the checkpoint: all rows of
// the journal up to where it stood at the beginning are covered.
type flush struct {
	s          *Store
	memory     *memory
	checkpoint int64
	heads      []bot.ConversationID
	hashes     []int64
}

// newFlush starts with what is in memory now. The caller holds s.writing, as
// for each step.
func (s *Store) newFlush() *flush {
	f := &flush{s: s, memory: s.memory.Load(), checkpoint: s.position}
	m := f.memory
	if m.writing == nil {
		m.writing = m.recent
	} else { // what an abandoned flush has left
		maps.Copy(m.writing, m.recent)
	}
	m.recent = map[int64]struct{}{}
	f.hashes = slices.Sorted(maps.Keys(m.writing))
	heads := slices.SortedFunc(maps.Values(m.dirty), func(a, b *head) int { return cmp.Compare(a.first, b.first) })
	for _, h := range heads {
		f.heads = append(f.heads, h.id)
	}
	return f
}

// step writes some more and reports whether that was all. After an error the
// file is to be read again.
func (f *flush) step() (done bool, err error) {
	s := f.s
	if s.memory.Load() != f.memory || s.write == nil {
		return true, nil // begun over, from the file
	}
	ids := f.heads[:min(len(f.heads), headsPerStep)]
	hashes := f.hashes[:min(len(f.hashes), hashesPerStep)]
	f.heads, f.hashes = f.heads[len(ids):], f.hashes[len(hashes):]
	done = len(f.heads)+len(f.hashes) == 0
	var written []*head
	days, today := s.days, s.today()
	err = s.write.transact(func() error {
		if owned, err := s.owned(); err != nil || !owned {
			return errors.Join(err, errFenced)
		}
		for _, id := range ids {
			if h := f.memory.dirty[id]; h != nil {
				written = append(written, h)
			}
		}
		if err := s.putHeads(written); err != nil {
			return err
		}
		if days, err = s.write.turnDays(days, today); err != nil {
			return err
		}
		if err := s.write.take(today, hashes); err != nil {
			return err
		}
		if !done {
			return nil
		}
		return s.write.exec(queryPutMeta, "checkpoint", f.checkpoint)
	})
	if err != nil {
		return true, fmt.Errorf("write behind: %w", err)
	}
	s.days = days
	s.keeper.wrote(len(written)*bytesPerHead + len(hashes)*bytesPerHash)
	f.memory.written(written)
	if done {
		f.memory.writing = nil
	}
	return done, nil
}

func (s *Store) putHeads(heads []*head) error {
	columns := make([]any, 0, len(heads)*headWidth)
	for _, h := range heads {
		columns = append(columns, h.first, string(h.id), h.position, h.leap, h.number, h.desk,
			h.cursors.Desk, h.cursors.Observe, h.channel, string(h.holder), h.due, h.turn, h.works(),
			s.options.Host, s.term)
	}
	if err := s.write.execRows(queryPutHeads, headWidth, columns); err != nil {
		return fmt.Errorf("write heads: %w", err)
	}
	return nil
}

// flushAll writes everything at once. The caller holds s.writing.
func (s *Store) flushAll() error {
	f := s.newFlush()
	for {
		if done, err := f.step(); done || err != nil {
			return err
		}
	}
}

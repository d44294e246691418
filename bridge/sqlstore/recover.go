package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// What the names of files end in that are on their way.
const (
	unfinished = ".unfinished" // the new store
	rescued    = ".rescued"    // a copy of the old one
)

// Recover copies what can be read of a store into a new one, in a file that
// must not exist yet. The old files are read and never written; no host may
// have them open. A conversation ends with the last entry after which it is
// known how it stands; entries before it that cannot be read say so. The next
// host takes the new store for one whose host was cut off: what may have been
// done is read back before it is done again.
func Recover(ctx context.Context, path, to string, options Options) (*Report, error) {
	report, err := recoverTo(ctx, path, to, options.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("recover store %s: %w", path, explain(err))
	}
	return report, nil
}

func recoverTo(ctx context.Context, path, to string, options Options) (*Report, error) {
	for _, way := range []string{"", unfinished, rescued} {
		for _, end := range []string{"", "-wal", ".lock"} {
			if _, err := os.Lstat(to + way + end); err == nil {
				return nil, fmt.Errorf("%s is there: name a new file, or remove what an earlier attempt has left", to+way+end)
			}
		}
	}
	done, used, err := holdStill(path)
	if err != nil {
		return nil, err
	}
	defer done()
	report := &Report{Damaged: map[bot.ConversationID]string{}}
	w, err := inspect(path, used)
	if damaged, ok := errors.AsType[*DamagedError](err); ok {
		report.Problems = append(report.Problems, damaged.Err.Error())
	} else if err != nil {
		return nil, err
	}
	defer removeMade(to + rescued)
	if err := w.rescue(path, to+rescued); err != nil {
		return nil, err
	}
	db, err := connectIn(url.Values{"mode": {"rw"}}, to+rescued, 1)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := report.read(ctx, db); err != nil {
		return nil, err
	}
	defer removeMade(to + unfinished) // what of it was not moved
	if err := report.rebuild(ctx, db, to+unfinished, options); err != nil {
		return nil, err
	}
	return report, errors.Join(os.Rename(to+unfinished+".lock", to+".lock"), os.Rename(to+unfinished, to))
}

// removeMade removes files that were made here; most are gone already.
func removeMade(path string) {
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		_ = os.Remove(path + end)
	}
}

// rebuild makes a new store of what a database has.
func (r *Report) rebuild(ctx context.Context, db *sql.DB, to string, options Options) error {
	s, err := open(ctx, to, options)
	if err != nil {
		return err
	}
	c := &copier{report: r, from: db, s: s, ends: r.seen, seen: chains{}, heads: map[bot.ConversationID]*head{}}
	s.writing.Lock()
	err = c.all(ctx)
	s.writing.Unlock()
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	lock := fmt.Appendf(nil, "%d\n%s\n", os.Getpid(), usedMark) // as if it had been cut off
	return os.WriteFile(to+".lock", lock, 0o644)
}

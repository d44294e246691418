package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Report is what a store is like.
type Report struct {
	// Conversations and Entries that can be read.
	Conversations, Entries int64
	// Problems with what all conversations share, a line each.
	Problems []string
	// Damaged says of each conversation that cannot be read whole what is
	// wrong.
	Damaged map[bot.ConversationID]string

	seen chains
}

// OK reports whether everything can be read.
func (r *Report) OK() bool { return len(r.Problems) == 0 && len(r.Damaged) == 0 }

// Check reads all of a store and changes nothing, but for the lock: no host may
// have the store open meanwhile.
func Check(ctx context.Context, path string) (*Report, error) {
	done, used, err := holdStill(path)
	if err != nil {
		return nil, fmt.Errorf("check store %s: %w", path, explain(err))
	}
	defer done()
	report := &Report{Damaged: map[bot.ConversationID]string{}}
	w, err := inspect(path, used)
	if err != nil {
		damaged, ok := errors.AsType[*DamagedError](err)
		if !ok {
			return nil, fmt.Errorf("check store %s: %w", path, explain(err))
		}
		report.Problems = append(report.Problems, damaged.Err.Error())
		return report, nil
	}
	mode := url.Values{"mode": {"ro"}}
	if len(w.frames) == 0 {
		mode.Set("immutable", "1") // or SQLite makes a WAL
	}
	db, err := connectIn(mode, path, 1)
	if err != nil {
		return nil, fmt.Errorf("check store %s: %w", path, err)
	}
	defer db.Close()
	if err := report.read(ctx, db); err != nil {
		return nil, fmt.Errorf("check store %s: %w", path, explain(err))
	}
	return report, nil
}

// holdStill keeps hosts away from a store until done is called. The lock goes
// on saying what it said.
func holdStill(path string) (done func(), used bool, err error) {
	_, ofFile := os.Stat(path)
	_, ofWAL := os.Stat(path + "-wal")
	if ofFile != nil && ofWAL != nil {
		return nil, false, ofFile // and no lock is made beside nothing
	}
	held, err := lock(path)
	if err != nil {
		return nil, false, err
	}
	return func() {
		if held.unclean {
			_ = held.abandon() // there is nothing to lose
			return
		}
		_ = held.release()
	}, held.used, nil
}

// read looks at a database, from the outside in.
func (r *Report) read(ctx context.Context, db *sql.DB) error {
	if err := ofPatchbay(ctx, db); err != nil {
		return err
	}
	if err := r.quickCheck(ctx, db); err != nil {
		return err
	}
	seen := chains{}
	r.seen = seen
	unread, err := scan(ctx, db, func(row *row) error {
		seen.add(row)
		if row.entriesWrong == nil {
			r.Entries += row.number - row.base
		}
		return nil
	})
	switch {
	case unreadable(err):
		r.Problems = append(r.Problems, "the journal: "+err.Error())
	case err != nil:
		return err
	case unread > 0:
		r.Problems = append(r.Problems, fmt.Sprintf("the journal: %d rows cannot be read", unread))
	}
	if err := seen.ends(ctx, db); unreadable(err) {
		r.Problems = append(r.Problems, "the table of conversations: "+err.Error())
	} else if err != nil {
		return err
	}
	for id, c := range seen {
		if wrong := c.wrong(); wrong != "" {
			r.Damaged[id] = wrong
		}
	}
	r.Conversations = int64(len(seen) - len(r.Damaged))
	return nil
}

// ofPatchbay refuses what is no store, or a newer one.
func ofPatchbay(ctx context.Context, db *sql.DB) error {
	var id, has int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id != application {
		return errors.New("the file is no store of patchbay's")
	}
	known := knownVersion()
	err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&has)
	if err == nil && has > known {
		return &NewerError{Has: has, Known: known}
	}
	return nil // what cannot be read of it is found again
}

// quickCheck lets SQLite look at the pages; it says what of the structure does
// not fit, a line each.
func (r *Report) quickCheck(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "PRAGMA quick_check(20)")
	if err != nil && !unreadable(err) {
		return err
	}
	if err != nil {
		r.Problems = append(r.Problems, err.Error())
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			r.Problems = append(r.Problems, line)
		}
	}
	if err := rows.Err(); err != nil {
		r.Problems = append(r.Problems, err.Error())
	}
	return nil
}

// IDs of the conversations that are damaged, in order.
func (r *Report) IDs() []bot.ConversationID { return slices.Sorted(maps.Keys(r.Damaged)) }

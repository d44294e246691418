package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	queryScan = `SELECT ` + scanColumns + ` FROM journal WHERE position >= ? ORDER BY position LIMIT 1000`
	queryRow  = `SELECT ` + scanColumns + ` FROM journal WHERE position = ?`

	scanColumns = `position, previous, base, number, desk, desk_done, observe_done, conversation, taken, entries, state`
)

// row is one row of a journal, with all that is in it.
type row struct {
	position, previous, base, number int64
	desk, deskDone, observeDone      int64
	conversation                     bot.ConversationID
	taken, entries, state            []byte
	// What does not make sense of it.
	columnsOff, entriesWrong, stateWrong error
}

func scanRow(scan func(into ...any) error) (*row, error) {
	var r row
	return &r, scan(&r.position, &r.previous, &r.base, &r.number, &r.desk, &r.deskDone, &r.observeDone,
		&r.conversation, &r.taken, &r.entries, &r.state)
}

// judge finds out what of the row makes sense.
func (r *row) judge() {
	if r.base < 0 || r.number < r.base || r.previous >= r.position || r.conversation == "" {
		r.columnsOff = fmt.Errorf("row %d makes no sense", r.position)
	}
	var entries []lifecycle.Entry
	r.entriesWrong = json.Unmarshal(r.entries, &entries)
	if r.entriesWrong == nil && int64(len(entries)) != r.number-r.base {
		r.entriesWrong = fmt.Errorf("row %d has %d entries", r.position, len(entries))
	}
	for i, entry := range entries {
		if want := r.base + 1 + int64(i); r.entriesWrong == nil && entry.Number != want {
			r.entriesWrong = fmt.Errorf("row %d has entry %d where %d belongs", r.position, entry.Number, want)
		}
	}
	var c lifecycle.Conversation
	r.stateWrong = decodeState(r.state, &head{id: r.conversation, number: r.number, position: r.position}, &c)
}

// scan visits all rows of the journal that can be read, in order, and counts
// the positions that cannot. Where a page is damaged it tries one position
// after the other, so it ends, if it may take its time.
func scan(ctx context.Context, db *sql.DB, visit func(*row) error) (unread int64, err error) {
	last, err := lastPosition(ctx, db)
	if err != nil {
		return 0, err
	}
	one, err := db.PrepareContext(ctx, queryRow)
	if err != nil {
		return 0, err
	}
	defer one.Close()
	for next := int64(1); next <= last; {
		got, err := scanSome(ctx, db, next, visit)
		if got >= next {
			next = got + 1
		}
		switch {
		case err == nil && got == 0:
			return unread, nil
		case err == nil:
			continue
		case !unreadable(err):
			return unread, err
		}
		for ; next <= last; next++ { // one by one, as far as the damage goes
			r, err := scanRow(one.QueryRowContext(ctx, next).Scan)
			if errors.Is(err, sql.ErrNoRows) || unreadable(err) {
				unread++
				continue
			}
			if err != nil {
				return unread, err
			}
			r.judge()
			if err := visit(r); err != nil {
				return unread, err
			}
			next++
			break
		}
	}
	return unread, nil
}

// scanSome visits some rows from a position on, and answers the last one's; 0:
// there are none.
func scanSome(ctx context.Context, db *sql.DB, from int64, visit func(*row) error) (got int64, err error) {
	rows, err := db.QueryContext(ctx, queryScan, from)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRow(rows.Scan)
		if err != nil {
			return got, err
		}
		r.judge()
		if err := visit(r); err != nil {
			return got, err
		}
		got = r.position
	}
	return got, rows.Err()
}

// lastPosition is the end of the journal, or where it may be if its last page
// cannot be read.
func lastPosition(ctx context.Context, db *sql.DB) (int64, error) {
	var last, head, pages int64
	err := db.QueryRowContext(ctx, queryPosition).Scan(&last)
	if err == nil || !unreadable(err) {
		return last, err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return 0, err
	}
	// What is behind the last that is known otherwise was written since, and
	// takes more than 128 bytes each.
	for _, query := range []string{"SELECT coalesce(max(head), 0) FROM conversations",
		"SELECT coalesce(max(value), 0) FROM meta WHERE name = 'checkpoint'"} {
		var known int64
		if db.QueryRowContext(ctx, query).Scan(&known) == nil {
			head = max(head, known)
		}
	}
	return head + pages*32, nil
}

package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// copier copies a database into a new store. It holds the store's writing.
type copier struct {
	report *Report
	from   *sql.DB
	s      *Store
	// seen is what has been copied, ends what can be, heads where that is now.
	seen, ends chains
	heads      map[bot.ConversationID]*head
	position   int64
	batch      []any
}

func (c *copier) all(ctx context.Context) error {
	if err := c.tables(ctx); err != nil {
		return err
	}
	if err := c.s.readKey(); err != nil {
		return err
	}
	if _, err := scan(ctx, c.from, c.row); err != nil && !unreadable(err) {
		return err
	}
	if err := c.write(); err != nil {
		return err
	}
	c.s.distrust()
	if err := c.s.reload(ctx); err != nil { // and so the heads are known
		return err
	}
	return c.s.flushAll()
}

// row copies a row of the journal, unless it is behind the end.
func (c *copier) row(r *row) error {
	end := c.ends[r.conversation]
	if end == nil || r.position > end.whole || !c.seen.add(r) {
		return nil
	}
	last := c.heads[r.conversation]
	if last == nil {
		last = &head{id: r.conversation}
	}
	entries, err := filled(r, last.number)
	if err != nil {
		return err
	}
	c.position++
	next := last.advanced(bridge.Cursors{Desk: r.deskDone, Observe: r.observeDone})
	next.position, next.number, next.desk = c.position, r.number, max(last.desk, r.desk)
	next.leap = nextLeap(c.position, last.leap, last.number, r.number)
	c.heads[r.conversation] = next
	c.batch = append(c.batch, c.position, last.position, last.leap, last.number, next.number, next.desk,
		next.cursors.Desk, next.cursors.Observe, string(r.conversation), r.taken, entries, string(r.state))
	if len(c.batch) >= 512*rowColumns {
		return c.write()
	}
	return nil
}

// filled is the row's entries, with some that say so in the place of those
// that cannot be read.
func filled(r *row, after int64) (string, error) {
	if r.entriesWrong == nil && r.base == after {
		return string(r.entries), nil
	}
	var entries, own []lifecycle.Entry
	through := r.number
	if r.entriesWrong == nil {
		if err := json.Unmarshal(r.entries, &own); err != nil {
			return "", err
		}
		through = r.base
	}
	for number := after + 1; number <= through; number++ {
		filler := lifecycle.Entry{Number: number, Kind: lifecycle.EntryNoted, Detail: "lost: the store was damaged here"}
		if len(own) > 0 {
			filler.At, filler.Holder, filler.Epoch = own[0].At, own[0].Holder, own[0].Epoch
		}
		entries = append(entries, filler)
	}
	text, err := json.Marshal(append(entries, own...))
	return string(text), err
}

func (c *copier) write() error {
	batch := c.batch
	c.batch = nil
	return c.s.write.transact(func() error { return c.s.write.append(batch) })
}

// tables copies all tables but those that are made of the journal, or of the
// new store alone.
func (c *copier) tables(ctx context.Context) error {
	found, err := c.s.write.query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name NOT IN ('goose_db_version', 'hosts', 'journal', 'conversations')`)
	if err != nil {
		return err
	}
	names, err := texts(found)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.table(ctx, name); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
	}
	return c.s.write.transact(func() error { return c.s.write.exec(queryForget) })
}

// queryForget removes what is true of the old file alone.
const queryForget = `DELETE FROM meta WHERE name IN ('checkpoint', 'room')`

// table copies a table from its beginning on, and if that comes to a place
// that cannot be read from its end as well.
func (c *copier) table(ctx context.Context, name string) error {
	found, err := c.s.write.query(`SELECT name FROM pragma_table_info('` + name + `') ORDER BY pk = 0, pk, cid`)
	if err != nil {
		return err
	}
	columns, err := texts(found)
	if err != nil {
		return err
	}
	list := strings.Join(columns, ", ")
	for _, order := range []string{"", " DESC"} {
		values, unread := c.values(ctx, `SELECT `+list+` FROM `+name+` ORDER BY `+columns[0]+order, len(columns))
		if unread != nil && strings.Contains(unread.Error(), "no such table") {
			return nil // an older store
		}
		if unread != nil && !unreadable(unread) {
			return unread
		}
		err := c.s.write.transact(func() error {
			return c.s.write.execRows(func(n int) string {
				return `INSERT OR REPLACE INTO ` + name + ` (` + list + `) VALUES ` + rows(n, len(columns))
			}, len(columns), values)
		})
		if err != nil || unread == nil {
			return err
		}
		if order == "" {
			c.report.Problems = append(c.report.Problems, fmt.Sprintf("table %s: %v", name, unread))
		}
	}
	return nil
}

// values are those of a query's rows, one after the other, as far as they can
// be read.
func (c *copier) values(ctx context.Context, query string, width int) (values []any, err error) {
	rows, err := c.from.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, into := make([]any, width), make([]any, width)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return values, err
		}
		values = append(values, row...)
	}
	return values, rows.Err()
}

// texts are the values of the one column of rows.
func texts(rows *sql.Rows) (all []string, err error) {
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

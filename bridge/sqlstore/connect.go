package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// connect opens a pool of at most limit connections to the file.
func connect(path string, limit int, pragmas ...string) (*sql.DB, error) {
	return connectIn(url.Values{}, path, limit, pragmas...)
}

// connectIn does so with parameters of SQLite's, such as its mode.
func connectIn(values url.Values, path string, limit int, pragmas ...string) (*sql.DB, error) {
	values["_pragma"] = append([]string{"busy_timeout(10000)"}, pragmas...)
	absolute, err := filepath.Abs(path) // SQLite's addresses have no other paths
	if err != nil {
		return nil, err
	}
	slashed := filepath.ToSlash(absolute)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive
	}
	connector, err := sqlite.NewConnector("file:" + (&url.URL{Path: slashed}).EscapedPath() + "?" + values.Encode())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(limit)
	db.SetMaxIdleConns(limit)
	return db, nil
}

// writerPragmas: checkpoints of the WAL are the keeper's work, not that of
// whoever commits. What is removed is overwritten where that costs no writing;
// [Store.Erase] asks for more.
func writerPragmas(o Options) []string {
	sync := "FULL"
	if o.NoSync {
		sync = "OFF"
	}
	pragmas := []string{"journal_mode(WAL)", "synchronous(" + sync + ")", "wal_autocheckpoint(0)", "secure_delete(FAST)",
		"journal_size_limit(" + strconv.Itoa(4*checkpointBytes) + ")", "cache_size(-16384)"}
	if o.pragmas != nil {
		pragmas = append(pragmas, o.pragmas()...)
	}
	return pragmas
}

// writer is the one connection that writes. For one goroutine at a time.
type writer struct {
	db         *sql.DB
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

func openWriter(ctx context.Context, path string, o Options) (*writer, error) {
	db, err := connect(path, 1, writerPragmas(o)...)
	if err != nil {
		return nil, err
	}
	return newWriter(ctx, db)
}

// newWriter takes a pool over, of one connection.
func newWriter(ctx context.Context, db *sql.DB) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	return &writer{db: db, conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

func (w *writer) close() error {
	for _, statement := range w.statements {
		statement.Close()
	}
	w.conn.Close()
	return w.db.Close()
}

func (w *writer) prepare(query string) (*sql.Stmt, error) {
	if statement := w.statements[query]; statement != nil {
		return statement, nil
	}
	statement, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare query: %w", err)
	}
	w.statements[query] = statement
	return statement, nil
}

func (w *writer) exec(query string, args ...any) error {
	statement, err := w.prepare(query)
	if err != nil {
		return err
	}
	_, err = statement.Exec(args...)
	return err
}

func (w *writer) query(query string, args ...any) (*sql.Rows, error) {
	statement, err := w.prepare(query)
	if err != nil {
		return nil, err
	}
	return statement.Query(args...)
}

// one scans the one row of a query; [sql.ErrNoRows] if there is none.
func (w *writer) one(query string, args []any, into ...any) error {
	statement, err := w.prepare(query)
	if err != nil {
		return err
	}
	return statement.QueryRow(args...).Scan(into...)
}

// batchSizes are the numbers of rows that one statement takes: each size is
// prepared once, and 63 rows are 6 statements.
var batchSizes = []int{64, 32, 16, 8, 4, 2, 1}

// execRows runs a query with rows of parameters, as many at once as possible.
func (w *writer) execRows(query func(rows int) string, width int, args []any) error {
	for _, size := range batchSizes {
		for n := size * width; len(args) >= n; args = args[n:] {
			if err := w.exec(query(size), args[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}

// transact runs f in a transaction. After an error, of f or of COMMIT, it is
// not known what of it the file holds.
func (w *writer) transact(f func() error) error {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	if err := f(); err != nil {
		_ = w.exec("ROLLBACK") // the connection is given up with the error
		return err
	}
	if err := w.exec("COMMIT"); err != nil {
		_ = w.exec("ROLLBACK")
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}

// readers is how many reads go on at the same time.
const readers = 4

// reader is the connections that read. They see what is committed, and
// neither wait for the writer nor hold it up.
type reader struct {
	db         *sql.DB
	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

func openReader(path string) (*reader, error) {
	db, err := connect(path, readers, "query_only(1)")
	if err != nil {
		return nil, err
	}
	return &reader{db: db, statements: map[string]*sql.Stmt{}}, nil
}

func (r *reader) close() error { return r.db.Close() }

func (r *reader) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if statement := r.statements[query]; statement != nil {
		return statement, nil
	}
	statement, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.statements[query] = statement
	return statement, nil
}

func (r *reader) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := r.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (r *reader) one(ctx context.Context, query string, args []any, into ...any) error {
	statement, err := r.prepare(ctx, query)
	if err != nil {
		return err
	}
	return statement.QueryRowContext(ctx, args...).Scan(into...)
}

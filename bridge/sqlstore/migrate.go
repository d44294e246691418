package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var files embed.FS

// migrations are the steps from an empty file to the newest version.
func migrations() fs.FS {
	steps, err := fs.Sub(files, "migrations/sqlite")
	if err != nil {
		panic(err) // the path is a constant
	}
	return steps
}

// application marks a file as ours (SQLite's application_id): "PBay".
const application = 0x50426179

// NewerError says that a file was written by a newer Patchbay.
type NewerError struct {
	// Has is the version of the file's schema, Known the newest one that
	// this binary knows.
	Has, Known int64
}

// Error says what would do.
func (e *NewerError) Error() string {
	return fmt.Sprintf("the file has schema version %d and this binary knows up to %d: "+
		"use the newer patchbay that wrote it, or a copy of the file from before", e.Has, e.Known)
}

// migrate brings the file to the newest version of steps.
func migrate(ctx context.Context, path string, options Options, steps fs.FS) (err error) {
	db, err := connect(path, 1, writerPragmas(options)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := claim(ctx, db); err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	has, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if has > known {
		return &NewerError{Has: has, Known: known}
	}
	if has == known {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("upgrade from version %d to %d: %w", has, known, err)
	}
	return nil
}

// claim marks an empty file as ours and refuses one of another program.
func claim(ctx context.Context, db *sql.DB) error {
	var id, tables int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if id == application {
		return readable(ctx, db)
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if id != 0 || tables != 0 {
		return errors.New("the file is another program's SQLite database: name another one")
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", application))
	return err
}

// readable reads the version by itself, because goose takes a damaged table
// for a missing one.
func readable(ctx context.Context, db *sql.DB) error {
	var rows int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+goose.DefaultTablename).Scan(&rows)
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqlite3.SQLITE_ERROR {
		return nil // there is none yet
	}
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	return nil
}

// knownVersion is the newest version of the schema that this binary knows.
func knownVersion() (newest int64) {
	names, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, name := range names {
		var version int64
		if _, err := fmt.Sscanf(name, "%d_", &version); err == nil {
			newest = max(newest, version)
		}
	}
	return newest
}

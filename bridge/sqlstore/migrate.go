package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
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

// migrate brings the file to the newest version of steps, and reports whether
// that has changed it.
func migrate(ctx context.Context, path string, options Options, steps fs.FS) (changed bool, err error) {
	db, err := connect(path, 1, writerPragmas(options)...)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := claim(ctx, db); err != nil {
		return false, err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return false, fmt.Errorf("read migrations: %w", err)
	}
	has, known, err := provider.GetVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("read version: %w", err)
	}
	if has > known {
		return false, &NewerError{Has: has, Known: known}
	}
	if has == known {
		return false, nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return false, fmt.Errorf("upgrade from version %d to %d: %w", has, known, err)
	}
	return true, nil
}

// claim marks an empty file as ours and refuses one of another program.
func claim(ctx context.Context, db *sql.DB) error {
	var id, tables int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if id == application {
		_, err := readVersion(ctx, db)
		return err
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

// readVersion reads the version by itself, because goose takes a damaged table
// for a missing one. 0: there is none yet.
func readVersion(ctx context.Context, db *sql.DB) (newest int64, err error) {
	rows, err := db.QueryContext(ctx, "SELECT version_id, is_applied FROM "+goose.DefaultTablename)
	if code(err)&0xff == sqlite3.SQLITE_ERROR {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read version: %w", err)
	}
	defer rows.Close()
	versions := 0
	for rows.Next() {
		var version int64
		var applied bool
		if err := rows.Scan(&version, &applied); err != nil {
			return 0, fmt.Errorf("read version: %w", err)
		}
		versions++
		newest = max(newest, version)
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("read version: %w", err)
	}
	if versions == 0 {
		return 0, &DamagedError{Err: errors.New("the table of its versions is empty")}
	}
	return newest, nil
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

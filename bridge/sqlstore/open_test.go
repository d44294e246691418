package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/patchbay-host/patchbay/bridge"
)

func place(t testing.TB) string { return filepath.Join(t.TempDir(), "patchbay.db") }

func mustOpen(t testing.TB, path string, options Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustCommit(t testing.TB, s *Store, commits ...bridge.Commit) {
	t.Helper()
	errs, err := s.Commit(t.Context(), commits)
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Fatal(err)
	}
}

func TestOpenTwice(t *testing.T) {
	path := place(t)
	first := mustOpen(t, path, Options{})
	_, err := Open(t.Context(), path, Options{})
	locked, ok := errors.AsType[*LockedError](err)
	if !ok || locked.PID != os.Getpid() || locked.Path != path {
		t.Fatalf("opened twice: %v", err)
	}
	want := fmt.Sprintf("%s is in use by process %d: stop that one", path, os.Getpid())
	if !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), link, Options{}); err == nil {
		t.Error("opened twice through a link")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, "sqlite:"+path, Options{})
}

// TestFenced: a store whose lock got lost commits nothing more, and leaves
// alone what the new owner writes.
func TestFenced(t *testing.T) {
	path := place(t)
	old := mustOpen(t, path, Options{})
	mustCommit(t, old, said("a", 0, 1))
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	owner := mustOpen(t, path, Options{Host: "other"})
	mustCommit(t, owner, said("a", 1, 1))
	for range 2 {
		errs, err := old.Commit(t.Context(), []bridge.Commit{said("b", 0, 1)})
		if err != nil || !errors.Is(errs[0], bridge.ErrConflict) {
			t.Fatalf("fenced: %v, %v", errs, err)
		}
	}
	old.Close()
	mustCommit(t, owner, said("a", 2, 1))
}

func TestOpenOther(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 500)), 0o644); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	db, err := connect(foreign, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE t (x)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged")
	if err := mustOpen(t, damaged, Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(content); i++ {
		content[i] = 0x5a
	}
	if err := os.WriteFile(damaged, content, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		text:                           "the file is not a SQLite database",
		foreign:                        "the file is another program's SQLite database",
		damaged:                        "the file is damaged",
		filepath.Join(dir, "no", "db"): "no such file or directory",
		"postgres://localhost/p":       "PostgreSQL is not supported yet",
	} {
		_, err := Open(t.Context(), path, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if after, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(after), "not a database") {
		t.Error("the file that is not a database was changed")
	}
}

// steps are synthetic migrations from 1 to n.
func steps(n int) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		files[fmt.Sprintf("%05d_step.sql", i)] = &fstest.MapFile{
			Data: fmt.Appendf(nil, "-- +goose Up\nCREATE TABLE step_%d (x INTEGER);\nINSERT INTO step_%d VALUES (%d);\n", i, i, i)}
	}
	return files
}

func TestMigrate(t *testing.T) {
	const newest = 4
	for version := 1; version <= newest; version++ {
		path := place(t)
		if _, err := migrate(t.Context(), path, Options{}, steps(version)); err != nil {
			t.Fatal(err)
		}
		if _, err := migrate(t.Context(), path, Options{}, steps(newest)); err != nil {
			t.Fatalf("from version %d: %v", version, err)
		}
		db, err := connect(path, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for i := 1; i <= newest; i++ {
			var x int
			if err := db.QueryRow(fmt.Sprintf("SELECT x FROM step_%d", i)).Scan(&x); err != nil || x != i {
				t.Errorf("from version %d: step %d: %d, %v", version, i, x, err)
			}
		}
	}
}

func TestMigrateNewer(t *testing.T) {
	path := place(t)
	if _, err := migrate(t.Context(), path, Options{}, steps(3)); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, Options{})
	newer, ok := errors.AsType[*NewerError](err)
	if !ok || newer.Has != 3 || newer.Known != 2 {
		t.Fatalf("a newer file: %v", err)
	}
	if want := "schema version 3 and this binary knows up to 2: use the newer patchbay"; !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
}

// TestMigrateHalf: a migration that fails leaves the file at the version
// before, and the error names it.
func TestMigrateHalf(t *testing.T) {
	path := place(t)
	broken := steps(2)
	broken["00002_step.sql"].Data = []byte("-- +goose Up\nCREATE TABLE half (x INTEGER);\nINSERT INTO missing VALUES (1);\n")
	_, err := migrate(t.Context(), path, Options{}, broken)
	if err == nil || !strings.Contains(err.Error(), "upgrade from version 0 to 2") {
		t.Fatalf("a broken migration: %v", err)
	}
	if _, err := migrate(t.Context(), path, Options{}, steps(2)); err != nil {
		t.Fatalf("after a broken migration: %v", err)
	}
}

// TestOpenVersions opens a file of each version that was ever released; they
// are made with TestMakeFixture.
func TestOpenVersions(t *testing.T) {
	fixtures, err := filepath.Glob("testdata/version-*.sqlite")
	if err != nil || len(fixtures) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, fixture := range fixtures {
		t.Run(filepath.Base(fixture), func(t *testing.T) {
			content, err := os.ReadFile(fixture)
			if err != nil {
				t.Fatal(err)
			}
			path := place(t)
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			checkFixture(t, mustOpen(t, path, Options{}))
		})
	}
}

func checkFixture(t *testing.T, s *Store) {
	entries, err := s.Entries(t.Context(), "fixture", 0, 1000)
	if err != nil || len(entries) != 130 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if id, err := s.Ticket(t.Context(), "acme", "T-1"); err != nil || id != "fixture" {
		t.Errorf("ticket: %q, %v", id, err)
	}
	if parked, err := s.Parked(t.Context(), "acme", "T-2"); err != nil || len(parked) != 1 {
		t.Errorf("parked: %v, %v", parked, err)
	}
	errs, err := s.Commit(t.Context(), []bridge.Commit{said("fixture", 130, 1, "e1"), said("fixture", 130, 1, "e2")})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*bridge.RepeatedError](errs[0]); !ok || errs[1] != nil {
		t.Errorf("commits: %v", errs)
	}
}

// TestMakeFixture writes the fixture of the newest version when
// PATCHBAY_FIXTURE names the file to make.
func TestMakeFixture(t *testing.T) {
	path := os.Getenv("PATCHBAY_FIXTURE")
	if path == "" {
		return // nothing to make, and nothing left untested
	}
	s := mustOpen(t, path, Options{})
	c := said("fixture", 0, 129, "e1")
	c.Bind = []bridge.Ticket{{Desk: "acme", ID: "T-1"}}
	mustCommit(t, s, c, parking("p1", "T-2"), said("fixture", 129, 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSynced: without being told otherwise the store waits for the disk with
// each commit, which no kill of a process would show.
func TestSynced(t *testing.T) {
	for _, tt := range []struct {
		options Options
		want    string
	}{{Options{}, "wal 2"}, {Options{NoSync: true}, "wal 0"}} {
		s := mustOpen(t, place(t), tt.options)
		var mode, sync string
		if err := errors.Join(s.write.one("PRAGMA journal_mode", nil, &mode), s.write.one("PRAGMA synchronous", nil, &sync)); err != nil {
			t.Fatal(err)
		}
		if got := mode + " " + sync; got != tt.want {
			t.Errorf("%+v: journal mode and synchronous are %s, want %s", tt.options, got, tt.want)
		}
		s.Close()
	}
}

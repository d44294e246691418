package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/sqlstore"
)

// TestStore: a damaged store is not served, is looked at, and what can be read
// of it is served again from a new file.
func TestStore(t *testing.T) {
	t.Parallel()
	file := withDesk(t, centre(t))
	path := filepath.Join(filepath.Dir(file), "patchbay.db")
	p := serving(t, file)
	c := begun(t, p.front)
	c.says(p.front, "one")
	c.sees(p.front, "You said: one")
	for _, args := range []string{"check", "recover --to " + path + ".new"} {
		_, stderr, code := called(t, append(strings.Fields("store "+args), "-c", file)...)
		if code != exitWrong || !strings.Contains(stderr, fmt.Sprintf("is in use by process %d", p.cmd.Process.Pid)) {
			t.Errorf("store %s while a host runs: exit %d, %q", args, code, stderr)
		}
	}
	p.signal(t, syscall.SIGTERM)
	p.ends(t)
	if out, stderr, code := called(t, "store", "check", "-c", file); code != exitFine || !strings.Contains(out, "1 conversation whole") {
		t.Errorf("check: exit %d, %q %q", code, out, stderr)
	}

	content, err := os.ReadFile(path)
	if err == nil {
		copy(content, "no database's head")
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := called(t, "serve", "-c", file); code != exitWrong || !strings.Contains(stderr, "patchbay store recover") {
		t.Errorf("serve: exit %d, %q", code, stderr)
	}
	if out, stderr, code := called(t, "store", "check", "-c", file); code != exitWrong || !strings.Contains(out, "WRONG  store "+path+": its head") {
		t.Errorf("check: exit %d, %q %q", code, out, stderr)
	}
	if out, stderr, code := called(t, "store", "recover", "-c", file, "--to", path+".new"); code != exitWrong ||
		!strings.Contains(out, "1 conversation whole") || !strings.Contains(stderr, "not everything can be read") {
		t.Errorf("recover: exit %d, %q %q", code, out, stderr)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(content) {
		t.Error("the old file was changed")
	}
	if err := os.Mkdir(path+".damaged", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", ".lock"} {
		if err := os.Rename(path+end, filepath.Join(path+".damaged", "patchbay.db"+end)); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new"+end, path+end); err != nil {
			t.Fatal(err)
		}
	}
	p = serving(t, file)
	c.sees(p.front, "You said: one")
	c.says(p.front, "two")
	c.sees(p.front, "You said: two")
}

// TestStoreHere: the files are named as people do, from where they are.
func TestStoreHere(t *testing.T) {
	file := withDesk(t, "http://127.0.0.1:1")
	t.Chdir(filepath.Dir(file))
	store, err := sqlstore.Open(t.Context(), "patchbay.db", sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := called(t, "store", "recover", "-c", filepath.Base(file), "--to", "new.db")
	if code != exitFine {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	for _, name := range []string{"new.db", "new.db.lock"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}

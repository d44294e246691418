package host_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The top level of the checkout, next to files whose names begin with a dot.
var topLevel = []string{
	"go.mod", "go.sum", "host", "proto", "plugins", "bridge", "examples", "Makefile",
	"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
}

// Names of folders that say nothing of what is in them. Things end up there
// because nobody looked for the place where others would look for them.
var emptyNames = []string{"internal", "util", "common", "types", "models", "pkg"}

// TestFolders keeps the top level as it is, and folders named after what is in
// them.
func TestFolders(t *testing.T) {
	for _, file := range trackedFiles(t) {
		top, _, _ := strings.Cut(file, "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(topLevel, top) {
			t.Errorf("%s: there is no place for %s at the top level; see CONTRIBUTING.md for the folders", file, top)
		}
		for folder := range strings.SplitSeq(filepath.ToSlash(filepath.Dir(file)), "/") {
			if slices.Contains(emptyNames, folder) {
				t.Errorf("%s: no folder is called %s: name it after what is in it", file, folder)
			}
		}
	}
}

// trackedFiles are the files of the checkout that belong to the project, as
// git knows them or, without git, all Go files.
func trackedFiles(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "-c", "safe.directory=*", "ls-files", "-z")
	cmd.Dir = ".."
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	}
	var files []string
	goFiles(t, func(name string) { files = append(files, name) })
	return files
}

// TestNoSleep keeps real time out of tests: they sleep only in the bubble of
// testing/synctest, where it takes none. A package whose tests import that is
// taken to sleep there.
func TestNoSleep(t *testing.T) {
	sleeps := map[string][]string{} // by folder: file:line
	bubbles := map[string]bool{}    // folders whose tests use synctest
	goFiles(t, func(name string) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, filepath.Join("..", name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("parse %s: %v", name, err)
			return
		}
		folder := path.Dir(name)
		for _, i := range file.Imports {
			bubbles[folder] = bubbles[folder] || i.Path.Value == `"testing/synctest"`
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Sleep" && isName(call.X, "time") {
				sleeps[folder] = append(sleeps[folder], fmt.Sprintf("%s:%d", name, fset.Position(n.Pos()).Line))
			}
			return true
		})
	})
	for folder, places := range sleeps {
		for _, place := range places {
			if !bubbles[folder] {
				t.Errorf("%s: a test does not sleep: wait for what it waits for, or use testing/synctest", place)
			}
		}
	}
}

func isName(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

// goFiles visits the Go files of the checkout, by their paths from its top.
func goFiles(t *testing.T, visit func(name string)) {
	t.Helper()
	top := os.DirFS("..")
	err := fs.WalkDir(top, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // gone since it was listed
			return nil
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (entry.Name()[0] == '.' || entry.Name() == "testdata"):
			return fs.SkipDir
		case !entry.IsDir() && strings.HasSuffix(name, ".go"):
			visit(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

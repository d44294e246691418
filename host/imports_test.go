package host_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImports keeps the import rules of the house, which are in rules_test.go,
// over what go list says of every package.
func TestImports(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 10 {
		t.Fatalf("go list knows %d packages; is it asked in the right place?", len(packages))
	}
	known := maps.Clone(tolerated)
	for _, p := range packages {
		for _, b := range broken(p) {
			if at := b.importer + " imports " + b.imported; known[at] != "" {
				delete(known, at)
				continue
			}
			t.Errorf("%s imports %s\n\trule: %s\n\twhy:  %s", b.importer, b.imported, b.rule.says, b.rule.why)
		}
	}
	for at := range known {
		t.Errorf("%s no longer: take it out of the tolerated breaches", at)
	}
}

// tolerated are breaches that wait to be mended, and how. The list only gets
// shorter.
var tolerated = map[string]string{}

// module is what our own import paths begin with.
const module = "github.com/patchbay-host/patchbay"

// pkg is one package of ours. Paths of ours are written from the top of the
// checkout, as ./bridge/eightx8.
type pkg struct {
	path    string
	main    bool
	imports []string // of the package itself
	tests   []string // of its tests only
}

// breach is an import that breaks a rule.
type breach struct {
	importer, imported string
	rule               rule
}

// broken finds the imports of p that break a rule.
func broken(p pkg) []breach {
	var all []breach
	for _, r := range rules {
		for _, imported := range p.imports {
			if r.breaks(p, imported) {
				all = append(all, breach{p.path, imported, r})
			}
		}
		for _, imported := range p.tests {
			if r.tests && r.breaks(p, imported) {
				all = append(all, breach{p.path + " [test]", imported, r})
			}
		}
	}
	return all
}

// listPackages asks go list for our packages and their direct imports.
func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e",
		"-json=ImportPath,Name,Dir,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("list packages: %v\n%s", err, stderr.Bytes())
	}
	var packages []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name, Dir              string
			Imports, TestImports, XTestImports []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read what go list says: %v", err)
		}
		touch(t, p.Dir)
		packages = append(packages, pkg{
			path: short(p.ImportPath), main: p.Name == "main",
			imports: shorten(p.Imports), tests: shorten(p.TestImports, p.XTestImports),
		})
	}
}

// touch looks at the files of a folder, so that go test does not take a result
// from its cache when they have changed: it cannot see what go list looked at.
func touch(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadDir(dir); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			t.Fatal(err)
		}
	}
}

// short writes an import path of ours from the top of the checkout, and leaves
// any other as it is.
func short(path string) string {
	if rest, ok := strings.CutPrefix(path, module); ok && (rest == "" || rest[0] == '/') {
		return "." + rest
	}
	return path
}

func shorten(lists ...[]string) []string {
	var all []string
	for _, path := range slices.Concat(lists...) {
		all = append(all, short(path))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

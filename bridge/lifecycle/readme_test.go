package lifecycle

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme: what README.md names as tests is there, and every transcript is
// named in it.
func TestReadme(t *testing.T) {
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(raw), "## Each rule")
	tests := testsOf(t, "..", "../../host")
	known := map[string]bool{}
	for _, files := range []string{"testdata/*.txtar", "testdata/peers/*.txtar"} {
		found, err := filepath.Glob(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".txtar")
			if known[name] = true; !strings.Contains(tables, "`"+name+"`") {
				t.Errorf("README.md does not name the transcript %s", name)
			}
		}
	}
	for line := range strings.Lines(tables) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[len(cells)-2], -1) {
			if !known[name[1]] && !tests[name[1]] {
				t.Errorf("README.md: there is no test %s", name[1])
			}
		}
	}
}

// testsOf are the names of the tests below folders.
func testsOf(t *testing.T, folders ...string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	test := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(folder), ".", func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(filepath.Join(folder, name))
			for _, found := range test.FindAllSubmatch(text, -1) {
				names[string(found[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

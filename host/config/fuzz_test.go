package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzLoad: whatever the text, there is a Config or there are problems, in
// bounded time, each with a text on one line.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Add(reference)
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Add([]byte("channels: {web: {greet: !!bool \"\"}}\n"))
	f.Add([]byte("? {a: b}\n: c\n<<: [*x, {}]\n"))
	noFiles := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(filepath.Join(noFiles, "patchbay.yaml"), text, testEnv)
		if (c == nil) == (err == nil) {
			t.Fatalf("Config %v and error %v", c, err)
		}
		problems, ok := errors.AsType[Problems](err)
		if err != nil && (!ok || len(problems) == 0) {
			t.Fatalf("error is a %T: %v", err, err)
		}
		for _, problem := range problems {
			if problem.Text == "" || problem.Line < 0 || strings.ContainsAny(problem.String(), "\r\n") {
				t.Errorf("problem %#v", problem)
			}
		}
	})
}

func FuzzSuggest(f *testing.F) {
	f.Add("fqa", "faq")
	f.Fuzz(func(t *testing.T, a, b string) {
		if edits(a, b) != edits(b, a) || (edits(a, b) == 0) != (a == b && len(a) <= 64) {
			t.Errorf("edits(%q, %q) = %d and %d", a, b, edits(a, b), edits(b, a))
		}
	})
}

package host_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmesNameTests keeps the tables of the READMEs true: a test that one of
// them names is there. A name that ends in … stands for those that begin so.
func TestReadmesNameTests(t *testing.T) {
	var names []string
	goFiles(t, func(name string) {
		if !strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, found := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`).FindAllStringSubmatch(read(t, name), -1) {
			names = append(names, found[1])
		}
	})
	all := "\n" + strings.Join(names, "\n") + "\n"
	for _, file := range trackedFiles(t) {
		if filepath.Ext(file) != ".md" {
			continue
		}
		for _, found := range regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z]\\w*)([/…]?)[^`]*`").FindAllStringSubmatch(read(t, file), -1) {
			end := "\n"
			if found[2] == "…" {
				end = ""
			}
			if !strings.Contains(all, "\n"+found[1]+end) {
				t.Errorf("%s: there is no test %s", file, found[1])
			}
		}
	}
}

// read is a file of the checkout, by its path from the top.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil && !os.IsNotExist(err) { // gone since it was listed
		t.Fatal(err)
	}
	return string(text)
}

package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

// TestMain lets the test's program be the child that a bench starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childArg {
		if err := child(context.Background(), os.Args[1:]); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestSchemas is the place that says whether the requests to 8x8 in TestBench,
// and its answers, are held against the vendor's schemas.
func TestSchemas(t *testing.T) { openapitest.Need(t) }

// TestBench measures everything for a moment: it must work, not be fast.
func TestBench(t *testing.T) {
	b, err := newBench(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	b.between = func(centre http.Handler) http.Handler { return openapitest.Handler(t, centre) }
	b.during, b.profile = 50*time.Millisecond, t.TempDir()
	found, err := b.run(t.Context(), 1, "")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := found.print(&text); err != nil {
		t.Fatal(err)
	}
	if found.failed() > 0 {
		t.Errorf("there were errors:\n%s", &text)
	}
	for _, m := range measurements() {
		if figures := found.figures[m.name]; len(figures) != 1 || figures[0].calls == 0 {
			t.Errorf("%s: not measured:\n%s", m.name, &text)
		}
	}
}

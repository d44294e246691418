package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/faultpoint"
)

// TestMain lets the test's program be the bots.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childArg {
		if err := child(os.Args[2:]); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestSchemas is the place that says whether the requests to 8x8 in TestCrash,
// and its answers, are held against the vendor's schemas.
func TestSchemas(t *testing.T) { openapitest.Need(t) }

// TestCrash is a short run of what `make crash` does at length.
func TestCrash(t *testing.T) {
	var said strings.Builder
	p := plan{
		dir: t.TempDir(), kills: 10, customers: 6, guests: 2, settle: time.Minute, early: true, patience: 2 * time.Second, out: &said,
		// Others are being tested at the same time: how fast it is make crash tells.
		within: 20 * time.Second, readBack: time.Second,
		between: func(centre http.Handler) http.Handler { return openapitest.Handler(t, centre) },
	}
	err := p.run(t.Context())
	t.Log(said.String())
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(p.dir, "host.log"))
		t.Fatalf("%v\nthe host's log:\n%s", err, log)
	}
	last := regexp.MustCompile(`\nkills \d+, messages \d+, lost 0, twice 0, disorder 0, stranded 0, back in \d+/\d+ ms \(p50/max\)\n$`)
	if !last.MatchString(said.String()) {
		t.Error("the last line is not what it should be")
	}
}

// TestNothingShips: a host that is built as for others has no fault points, not
// even their names.
func TestNothingShips(t *testing.T) {
	dir := t.TempDir()
	ships, dies := filepath.Join(dir, "ships"), filepath.Join(dir, "dies")
	if err := buildHost(t.Context(), dies); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", ships, "github.com/patchbay-host/patchbay/host/patchbay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for path, want := range map[string]bool{ships: false, dies: true} {
		program, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(faultpoint.All(), faultpoint.Variable, "faultpoint.Hit") {
			// Words that are elsewhere, too, prove nothing.
			if name != faultpoint.Journal && name != faultpoint.ReadBack && bytes.Contains(program, []byte(name)) != want {
				t.Errorf("%s is in %s: %t, want %t", name, filepath.Base(path), !want, want)
			}
		}
	}
}

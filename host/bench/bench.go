package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// many is how many callers there are where there are many.
const many = 64

// bench is one run.
type bench struct {
	// dir is a folder of its own, echobot the bot's program in it.
	dir, echobot string
	// key signs the webhooks.
	key *signer
	// during is how long a measurement takes.
	during time.Duration
	// between is put before the contact centre by tests; nil: nothing is.
	between func(http.Handler) http.Handler
	// profile is a folder for the host's profiles; empty: none are made.
	profile string
}

// measurement is a line of the table.
type measurement struct {
	name string
	run  func(context.Context, *bench) (figure, error)
}

// measurements are in the order of the table: the whole first, then its parts.
func measurements() []measurement {
	return []measurement{
		{webhooksLine, webhooks},
		{messagesLine, messages{callers: many, most: 15_000}.run},
		{singlyLine, messages{callers: 1, most: 2500}.run},
		{chatLine, messages{callers: 1, most: 200, pace: 5 * time.Millisecond}.run},
		{bareCallLine, bareCalls(1)},
		{bareCallsLine, bareCalls(many)},
		{rs256Line, rs256},
		{bareHTTPLine, bareHTTP},
		{bareCommitLine, bareCommits(1)},
		{bareCommitsLine, bareCommits(many)},
	}
}

// newBench makes a run with a folder of its own below dir. It builds the bot,
// so that what is measured is what is there.
func newBench(ctx context.Context, dir string) (*bench, error) {
	own, err := os.MkdirTemp(dir, "patchbay-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: own, echobot: filepath.Join(own, "echobot")}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.echobot, "github.com/patchbay-host/patchbay/examples/echobot")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		b.close()
		return nil, fmt.Errorf("build echobot: %w\n%s", err, said)
	}
	if b.key, err = newSigner(); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) close() { os.RemoveAll(b.dir) }

// run measures what only selects, several rounds of it. Each round measures
// every line once, so that a slow minute of the machine's touches all of them.
func (b *bench) run(ctx context.Context, rounds int, only string) (*table, error) {
	t := &table{
		machine: fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runtime.Version()),
		at:      time.Now(), during: b.during, figures: map[string][]figure{},
	}
	for round := range rounds {
		took, err := fdatasync(b.dir)
		if err != nil {
			return nil, err
		}
		t.syncs = append(t.syncs, took)
		for _, m := range measurements() {
			if !strings.Contains(m.name, only) {
				continue
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, rounds, m.name)
			f, err := m.run(ctx, b)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			t.figures[m.name] = append(t.figures[m.name], f)
		}
	}
	return t, nil
}

// folder makes a folder for one measurement.
func (b *bench) folder() (string, error) { return os.MkdirTemp(b.dir, "") }

// figure is what one measurement has found.
type figure struct {
	calls int
	// rate is calls per second.
	rate     float64
	p50, p99 time.Duration
	// cpu is the host's processor time for each call; 0: there was no host.
	cpu    time.Duration
	errors int
	// err is the first of the errors.
	err error
}

// median is of an odd number of values the middle one, else the lower of the
// two middle ones. It sorts.
func median[T float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

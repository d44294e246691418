package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

// profile makes the host profile itself from now on.
func (w *world) profile(b *bench, name string) error {
	if b.profile == "" {
		return nil
	}
	dir, err := filepath.Abs(filepath.Join(b.profile, name))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return err
	}
	return w.process.tell(dir)
}

// count reads one of the host's metrics.
func (w *world) count(ctx context.Context, name string) (float64, error) {
	text, err := w.get(ctx, "http://"+w.ops+"/metrics")
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("the host does not count %s", name)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// measure runs a load on the host, which profiles itself meanwhile if it is
// wanted to, and adds what the host has to say: how much processor time it
// took, how many entries it made, and what went wrong.
func (w *world) measure(ctx context.Context, b *bench, name string, l load) (f figure, entries int, err error) {
	const cpu, journal = "process_cpu_seconds_total", "patchbay_journal_entries_total"
	before := map[string]float64{cpu: 0, journal: 0, "patchbay_turns_failed_total": 0, "patchbay_stale_replies_total": 0}
	for name := range before {
		if before[name], err = w.count(ctx, name); err != nil {
			return f, 0, err
		}
	}
	if err := w.profile(b, name); err != nil {
		return f, 0, err
	}
	f = l.run(ctx)
	for name := range before {
		after, err := w.count(ctx, name)
		if err != nil {
			return f, 0, err
		}
		switch more := after - before[name]; {
		case name == cpu:
			f.cpu = time.Duration(more / float64(max(1, f.calls)) * float64(time.Second))
		case name == journal:
			entries = int(more)
		case more > 0:
			f.fail(int(more), errors.New("the host counts "+name))
		}
	}
	text, err := os.ReadFile(w.process.log)
	if n := bytes.Count(text, []byte("level=ERROR")); n > 0 {
		f.fail(n, errors.New("the host has logged an error"))
	}
	return f, entries, err
}

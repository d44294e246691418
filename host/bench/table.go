package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// table is what a run has found: for each line a figure of each round.
type table struct {
	machine string
	at      time.Time
	during  time.Duration
	syncs   []time.Duration
	figures map[string][]figure
}

// ratio is what of does, as a share or a multiple of what to does.
type ratio struct {
	of, to string
	value  func(figure) float64
}

func rate(f figure) float64 { return f.rate }
func p50(f figure) float64  { return float64(f.p50) }

func ratios() []ratio {
	return []ratio{
		{webhooksLine, bareHTTPLine, rate},
		{webhooksLine, rs256Line, rate},
		{webhooksLine, bareCommitsLine, rate},
		{messagesLine, bareCallsLine, rate},
		{singlyLine, bareCallLine, p50},
		{chatLine, bareCallLine, p50},
	}
}

// print writes the table for people.
func (t *table) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	rounds := len(t.syncs)
	fmt.Fprintf(w, "Patchbay on %s, %s: %s; fdatasync of 4 KiB %s\n", t.machine, t.at.Format(time.DateOnly), count(rounds, "round"), brief(median(t.syncs)))
	fmt.Fprintf(w, "medians of rounds of %s (lowest to highest); the load and the simulator share the cores\n\n", t.during)
	fmt.Fprintln(w, "\tper second\t\tp50\tp99\thost CPU per call\tcalls\terrors")
	for _, m := range measurements() {
		if all := t.figures[m.name]; len(all) > 0 {
			t.line(w, m.name, all)
		}
	}
	fmt.Fprintln(w, "\nratios, each within one round\t")
	for _, r := range ratios() {
		if values := t.ratio(r); len(values) > 0 {
			what := map[bool]string{true: "p50", false: "rate"}[r.value(figure{p50: 1}) == 1]
			middle := median(values)
			fmt.Fprintf(w, "%s: %s / %s\t%.2f\t(%.2f to %.2f)\n", what, r.of, r.to, middle, values[0], values[len(values)-1])
		}
	}
	return w.Flush()
}

func (t *table) line(w io.Writer, name string, all []figure) {
	var rates []float64
	var p50s, p99s, cpus []time.Duration
	calls, errors := 0, 0
	for _, f := range all {
		rates, p50s, p99s, cpus = append(rates, f.rate), append(p50s, f.p50), append(p99s, f.p99), append(cpus, f.cpu)
		calls, errors = calls+f.calls, errors+f.errors
	}
	middle := median(rates)
	fmt.Fprintf(w, "%s\t%.0f\t(%.0f to %.0f)\t%s\t%s\t%s\t%d\t%d\n", name, middle, rates[0], rates[len(rates)-1],
		brief(median(p50s)), brief(median(p99s)), brief(median(cpus)), calls, errors)
	if i := slices.IndexFunc(all, func(f figure) bool { return f.err != nil }); i >= 0 {
		fmt.Fprintf(w, "  the first error: %v\n", all[i].err)
	}
}

// failed is how many errors there were.
func (t *table) failed() int {
	n := 0
	for _, all := range t.figures {
		for _, f := range all {
			n += f.errors
		}
	}
	return n
}

// ratio is worked out within each round: from one to the next the machine may
// have changed.
func (t *table) ratio(r ratio) []float64 {
	var values []float64
	of, to := t.figures[r.of], t.figures[r.to]
	for i := range min(len(of), len(to)) {
		if below := r.value(to[i]); below > 0 {
			values = append(values, r.value(of[i])/below)
		}
	}
	return values
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// brief is a time to three digits or so; nothing for 0.
func brief(d time.Duration) string {
	if d == 0 {
		return ""
	}
	if d < time.Millisecond {
		return d.Round(time.Microsecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

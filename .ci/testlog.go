// Command testlog makes a page for people out of `go test -json`: the closing
// line of every package as it comes, and all that a failing one has printed.
// It ends with 1 when a test failed, or was skipped without being listed in
// the file of allowed skips that is its one argument.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// event is a line of go test -json, as `go doc test2json` tells.
type event struct {
	Action, Package, Test, Output string
}

// page is what has been read so far.
type page struct {
	out           io.Writer
	allowed       []string
	printed       map[[2]string][]string // by package and test
	passed        int
	failed        int      // tests
	broken        []string // packages
	skips, strays []string // allowed ones, and others
}

func main() {
	p := page{out: os.Stdout, printed: map[[2]string][]string{}}
	if len(os.Args) == 2 {
		text, err := os.ReadFile(os.Args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, "testlog:", err)
			os.Exit(2)
		}
		p.allowed = lines(string(text))
	}
	if err := p.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testlog:", err)
		os.Exit(2)
	}
	if !p.sum() {
		os.Exit(1)
	}
}

// lines are the lines of text that are not empty and no comments.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

func (p *page) read(in io.Reader) error {
	reader := bufio.NewReader(in)
	for {
		line, err := reader.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
			p.take(e)
		} else if line != "" {
			fmt.Fprint(p.out, line) // go's own words, or make's
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
	}
}

func (p *page) take(e event) {
	key := [2]string{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(p.out, e.Output)
	case "output":
		if e.Test == "" && closing(e.Output) {
			fmt.Fprint(p.out, e.Output)
		} else {
			p.printed[key] = append(p.printed[key], e.Output)
		}
	case "pass":
		if e.Test != "" {
			p.passed++
		}
		delete(p.printed, key)
	case "skip":
		if e.Test != "" {
			p.skip(e.Package+" "+e.Test, p.printed[key])
		}
		delete(p.printed, key)
	case "fail":
		if e.Test != "" {
			p.failed++
		} else {
			p.broken = append(p.broken, e.Package)
		}
		fmt.Fprint(p.out, strings.Join(p.printed[key], ""))
		delete(p.printed, key)
	}
}

// closing says whether a line is one of those that go test ends a package
// with.
func closing(line string) bool {
	return slices.ContainsFunc([]string{"ok  ", "FAIL\t", "?   "}, func(start string) bool {
		return strings.HasPrefix(line, start)
	})
}

func (p *page) skip(test string, printed []string) {
	if slices.Contains(p.allowed, test) {
		p.skips = append(p.skips, test)
		return
	}
	p.strays = append(p.strays, test+"\n"+strings.Join(printed, ""))
}

// sum prints the last lines, and says whether all is well.
func (p *page) sum() bool {
	for _, test := range p.skips {
		fmt.Fprintln(p.out, "skipped, as allowed:", test)
	}
	for _, test := range p.strays {
		fmt.Fprintln(p.out, "SKIPPED, which is not allowed here:", test)
	}
	for _, name := range p.broken {
		fmt.Fprintln(p.out, "failed:", name)
	}
	fmt.Fprintf(p.out, "%d tests passed, %d failed, %d were skipped\n", p.passed, p.failed, len(p.skips)+len(p.strays))
	return len(p.broken) == 0 && len(p.strays) == 0 && p.passed > 0
}

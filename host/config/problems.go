package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	File string
	// Line counts from 1; 0: the problem is with the whole file.
	Line int
	// Key is the path of keys, as channels.web.secrets[0]; empty: the
	// problem is with the text of the file.
	Key  string
	Text string
}

// String is one line, as file:line: key: text.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Key != "" {
		b.WriteString(": " + p.Key)
	}
	b.WriteString(": " + p.Text)
	return b.String()
}

// Problems are all that is wrong with a file, by line.
type Problems []Problem

// Error is one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
}

// places are the lines of keys.
type places map[string]int

// of is the line of a key, or of the nearest key around it.
func (p places) of(key string) int {
	for {
		if line, ok := p[key]; ok || key == "" {
			return line
		}
		key = parent(key)
	}
}

// join is the path of the key name inside another.
func join(key, name string) string {
	if name == "" || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return fmt.Sprintf("%s[%q]", key, name)
	}
	if key == "" {
		return name
	}
	return key + "." + name
}

// index is the path of an item of a list.
func index(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }

// parent takes the last step off a path.
func parent(key string) string { return key[:max(strings.LastIndexAny(key, ".["), 0)] }

// cause is err without the name of the file.
func cause(err error) error {
	if in, ok := errors.AsType[*fs.PathError](err); ok {
		return in.Err
	}
	return err
}

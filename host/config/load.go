package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Env looks up an environment variable, as [os.LookupEnv] does.
type Env = func(name string) (string, bool)

// maxFile is the size of the largest file that is read.
const maxFile = 1 << 20

// Load reads a file. Secrets are read with it: from env and from files. The
// error is always [Problems], every one that was found; there is no Config
// then.
func Load(file string, env Env) (*Config, error) {
	text, err := readFile(file, maxFile)
	if err != nil {
		return nil, Problems{{File: file, Text: err.Error()}}
	}
	return Parse(file, text, env)
}

// Parse is [Load] of a text. File names it in problems, and relative paths
// start at file's folder.
func Parse(file string, text []byte, env Env) (*Config, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, Problems{{File: file, Text: err.Error()}}
	}
	root, problem := parseYAML(text)
	if problem != nil {
		problem.File = file
		return nil, Problems{*problem}
	}
	r := &reader{file: file, dir: filepath.Dir(absolute), env: env, lines: places{}, broken: map[string]bool{}, nodes: maxNodes}
	c := &Config{File: file, Dir: r.dir, lines: r.lines}
	if r.read(value{node: root, line: root.Line}, reflect.ValueOf(c).Elem(), ""); r.nodes > 0 && !r.broken[""] {
		r.check(c)
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return nil, r.problems
	}
	r.warnings.sort()
	c.Warnings = r.warnings
	return c, nil
}

// parseYAML reads the one document of a file.
func parseYAML(text []byte) (*yaml.Node, *Problem) {
	if len(text) > maxFile {
		return nil, &Problem{Text: fmt.Sprintf("is larger than %d KiB", maxFile>>10)}
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	err := documents.Decode(&first)
	if errors.Is(err, io.EOF) || err == nil && isNull(first.Content[0]) {
		return nil, &Problem{Text: "is empty"}
	}
	if err == nil {
		if err = documents.Decode(&second); err == nil {
			return nil, &Problem{Line: second.Line, Text: "begins a second document; only one is read"}
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, syntaxProblem(err, text)
	}
	return first.Content[0], nil
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" }

// syntaxProblem finds the line of the library's error. What its scanner finds
// counts from 1, what its parser finds from 0; an unknown alias has no line.
func syntaxProblem(err error, file []byte) *Problem {
	text, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if match := regexp.MustCompile(`(?s)^line (\d+): (.*)`).FindStringSubmatch(text); match != nil {
		line, _ = strconv.Atoi(match[1])
		text = match[2]
		if regexp.MustCompile(`^did not find expected (',|'-'|key|<|node)`).MatchString(text) {
			line++
		}
	}
	if match := regexp.MustCompile(`^unknown anchor '(.*)' referenced`).FindStringSubmatch(text); match != nil {
		if before, _, found := bytes.Cut(file, []byte("*"+match[1])); found {
			line = bytes.Count(before, []byte("\n")) + 1
		}
	}
	return &Problem{Line: line, Text: "is not YAML: " + text}
}

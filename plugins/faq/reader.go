package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// reader takes a YAML document apart and collects what is wrong with it, each
// with its line: people mend a file in one go, not one mistake at a time.
type reader struct {
	name     string
	problems []problem
}

// problem is one thing wrong with the file.
type problem struct {
	line int
	text string
}

// value is a place in the document: a node and the path of keys to it.
type value struct {
	node ast.Node
	path string
	line int
}

// parse reads the only document in raw.
func (r *reader) parse(raw []byte) (value, bool) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // as some editors begin a file
	if line, ok := notUTF8(raw); ok {
		r.add(line, "", "is not UTF-8: save the file with that encoding")
		return value{}, false
	}
	file, err := parser.ParseBytes(raw, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line := 1
		text := err.Error()
		if broken, ok := errors.AsType[yaml.Error](err); ok {
			text = broken.GetMessage()
			if token := broken.GetToken(); token != nil && token.Position != nil {
				line = token.Position.Line
			}
		}
		r.add(line, "", "%s", text)
		return value{}, false
	}
	var root value
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if root.node != nil {
			r.add(lineOf(doc.Body, 1), "", "is a second document, and only one is read")
			return value{}, false
		}
		root = value{node: doc.Body, line: lineOf(doc.Body, 1)}
	}
	if root.node == nil {
		r.add(1, "", "is empty")
		return value{}, false
	}
	return root, true
}

// notUTF8 finds the first line that is not UTF-8.
func notUTF8(raw []byte) (int, bool) {
	number := 0
	for line := range bytes.Lines(raw) {
		if number++; !utf8.Valid(line) {
			return number, true
		}
	}
	return 0, false
}

func (r *reader) add(line int, path, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if path != "" {
		text = path + ": " + text
	}
	r.problems = append(r.problems, problem{line, text})
}

func (r *reader) wrong(v value, format string, args ...any) { r.add(v.line, v.path, format, args...) }

// sorted are the problems by line, as file:line: text.
func (r *reader) sorted() []string {
	slices.SortStableFunc(r.problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	lines := make([]string, len(r.problems))
	for i, p := range r.problems {
		lines[i] = fmt.Sprintf("%s:%d: %s", r.name, p.line, p.text)
	}
	return lines
}

// entry is a key of a map and what is under it.
type entry struct {
	key string
	value
}

// entries are the keys of a map, in order, each once.
func (r *reader) entries(v value) []entry {
	var pairs []*ast.MappingValueNode
	switch node := v.node.(type) {
	case *ast.MappingNode:
		pairs = node.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{node}
	default:
		r.wrong(v, "is %s, and must be a map", kind(v.node))
		return nil
	}
	var all []entry
	first := map[string]int{}
	for _, pair := range pairs {
		line := lineOf(pair.Key, v.line)
		key, ok := scalar(pair.Key)
		if !ok {
			r.add(line, v.path, "has a key that is not plain text")
			continue
		}
		path := key
		if v.path != "" {
			path = v.path + "." + key
		}
		if before, ok := first[key]; ok {
			r.add(line, path, "is here twice, first in line %d", before)
			continue
		}
		first[key] = line
		all = append(all, entry{key, value{pair.Value, path, line}})
	}
	return all
}

// items are the elements of a list.
func (r *reader) items(v value) []value {
	list, ok := v.node.(*ast.SequenceNode)
	if !ok {
		r.wrong(v, "is %s, and must be a list", kind(v.node))
		return nil
	}
	all := make([]value, len(list.Values))
	for i, node := range list.Values {
		all[i] = value{node, fmt.Sprintf("%s[%d]", v.path, i), lineOf(node, v.line)}
	}
	return all
}

// text is a text of at most most bytes; a number is one too.
func (r *reader) text(v value, most int) string {
	text, ok := scalar(v.node)
	switch {
	case !ok:
		r.wrong(v, "is %s, and must be text", kind(v.node))
	case len(text) > most:
		r.wrong(v, "has %d bytes, and may have %d", len(text), most)
	case strings.ContainsRune(text, 0):
		r.wrong(v, "contains a NUL character")
	}
	return text
}

// texts is a list of texts that have words in them.
func (r *reader) texts(v value, most int) []string {
	var all []string
	for _, item := range r.items(v) {
		all = append(all, r.phrase(item, most))
	}
	return all
}

// phrase is a text of one line that has words in it.
func (r *reader) phrase(v value, most int) string {
	before := len(r.problems)
	text := r.text(v, most)
	if len(r.problems) == before && len(words(text)) == 0 {
		r.wrong(v, "has no words in it")
	}
	return strings.Join(strings.Fields(text), " ")
}

func (r *reader) boolean(v value) bool {
	if b, ok := v.node.(*ast.BoolNode); ok {
		return b.Value
	}
	r.wrong(v, "is %s, and must be true or false", kind(v.node))
	return false
}

// number is a number from low to high.
func (r *reader) number(v value, low, high float64) float64 {
	text, _ := scalar(v.node)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= low && n <= high) {
		r.wrong(v, "is %s, and must be a number from %v to %v", kind(v.node), low, high)
		return low
	}
	return n
}

// whole is a whole number from 0 to high.
func (r *reader) whole(v value, high int) int {
	text, _ := scalar(v.node)
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > high {
		r.wrong(v, "is %s, and must be a whole number from 0 to %d", kind(v.node), high)
		return 0
	}
	return n
}

// choice is one of a few words.
func (r *reader) choice(v value, words ...string) string {
	text, _ := scalar(v.node)
	if !slices.Contains(words, text) {
		r.wrong(v, "is %s, and must be %s", kind(v.node), strings.Join(words, " or "))
	}
	return text
}

// unknown says that a key means nothing, and which one may be meant.
func (r *reader) unknown(e entry, known ...string) {
	r.wrong(e.value, "is not known here%s", meant(e.key, known))
}

// meant is the most similar of the known words, as a question.
func meant(word string, known []string) string {
	best, score := "", 0.3
	for _, k := range known {
		if s := similarity(grams(words(word)), grams(words(k))); s > score {
			best, score = k, s
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// scalar is the text of a plain value as it was written.
func scalar(node ast.Node) (string, bool) {
	switch node := node.(type) {
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode:
		return strings.TrimRight(node.Value.Value, "\n"), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node.GetToken().Value, true
	}
	return "", false
}

// kind says what a value is, for people.
func kind(node ast.Node) string {
	switch node := node.(type) {
	case nil, *ast.NullNode:
		return "empty"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a map"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode:
		return "an anchor or alias"
	case *ast.TagNode:
		return "a tagged value"
	case *ast.StringNode:
		return strconv.Quote(node.Value)
	}
	if text, ok := scalar(node); ok {
		return text
	}
	return "something else"
}

// lineOf is the line of a node, or that of what surrounds it.
func lineOf(node ast.Node, around int) int {
	if node == nil {
		return around
	}
	if token := node.GetToken(); token != nil && token.Position != nil && token.Position.Line > 0 {
		return token.Position.Line
	}
	return around
}

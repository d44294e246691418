package config

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds what a file grows to once its aliases are written out, and
// maxDepth how deep it is nested.
const (
	maxNodes = 100_000
	maxDepth = 50
)

// value is a place in the file: a node and the path of keys that leads to it.
type value struct {
	key   string
	line  int
	depth int
	node  *yaml.Node
	in    *value
}

// entry is a key of a mapping and what it leads to.
type entry struct {
	name string
	value
}

// inside is the value of a node below v.
func (v value) inside(key string, line int, node *yaml.Node) value {
	return value{key: key, line: line, depth: v.depth + 1, node: target(node), in: &v}
}

func (v value) isMapping() bool { return v.node.Kind == yaml.MappingNode }

// target is what an alias stands for.
func target(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// kind says what the file has, for people.
func (v value) kind() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	}
	switch v.node.ShortTag() {
	case "!!null":
		return "empty"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!str", "!!timestamp":
		return "text"
	}
	return fmt.Sprintf("of type %q", v.node.ShortTag())
}

// count counts one more key or value at v, and refuses it when the file has
// grown too large.
func (r *reader) count(v value) bool {
	if r.nodes <= 0 {
		return false
	}
	if r.nodes--; r.nodes == 0 {
		r.wrong(v.key, "the file is too large from here on, with its aliases written out: at most %d keys and values", maxNodes)
		return false
	}
	return true
}

// visit counts v, and refuses it when the file has grown too large or deep.
func (r *reader) visit(v value) bool {
	if !r.count(v) {
		return false
	}
	if v.depth > maxDepth {
		r.wrong(v.key, "is nested more than %d deep", maxDepth)
		return false
	}
	for around := v.in; around != nil; around = around.in {
		if around.node == v.node {
			r.wrong(v.key, "is an alias of what it is inside of")
			return false
		}
	}
	return true
}

// entries are the keys of a mapping in order, those of `<<` last. Keys that
// are given twice are reported, and so is what is no mapping; null has no
// keys.
func (r *reader) entries(v value) []entry {
	if !r.visit(v) || isNull(v.node) {
		return nil
	}
	if !v.isMapping() {
		r.wrong(v.key, "must be keys and values, and is %s", v.kind())
		return nil
	}
	var own, merged []entry
	lines := map[string]int{}
	for i := 0; i+1 < len(v.node.Content) && r.count(v); i += 2 {
		keyNode, node := target(v.node.Content[i]), v.node.Content[i+1]
		if keyNode.ShortTag() == "!!merge" {
			merged = append(merged, r.merged(v, node)...)
			continue
		}
		if keyNode.Kind != yaml.ScalarNode {
			r.wrong(v.key, "has a key on line %d that is not text", keyNode.Line)
			continue
		}
		name := keyNode.Value
		key := join(v.key, name)
		if first, twice := lines[name]; twice {
			r.add(keyNode.Line, key, "given twice, first on line %d", first)
			continue
		}
		lines[name] = keyNode.Line
		r.lines[key] = keyNode.Line
		own = append(own, entry{name, v.inside(key, keyNode.Line, node)})
	}
	for _, e := range merged {
		if _, given := lines[e.name]; !given {
			lines[e.name] = e.line
			r.lines[e.key] = e.line
			own = append(own, e)
		}
	}
	return own
}

// merged are the entries that `<<` brings in: those of one mapping, or of each
// of a list, the earlier ones before the later.
func (r *reader) merged(v value, node *yaml.Node) []entry {
	from := v.inside(v.key, v.line, node)
	if from.node.Kind != yaml.SequenceNode {
		return r.entries(from)
	}
	var all []entry
	if r.visit(from) {
		for _, item := range from.node.Content {
			all = append(all, r.entries(from.inside(v.key, v.line, item))...)
		}
	}
	return all
}

// items are the values of a list; null has none.
func (r *reader) items(v value) []value {
	if !r.visit(v) || isNull(v.node) {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		r.wrong(v.key, "must be a list, and is %s", v.kind())
		return nil
	}
	items := make([]value, len(v.node.Content))
	for i, node := range v.node.Content {
		key := index(v.key, i)
		r.lines[key] = node.Line
		items[i] = v.inside(key, node.Line, node)
	}
	return items
}

// text reads a text. A number is taken as it is written, so that "101" and 101
// are the same id.
func (r *reader) text(v value, into *string) bool {
	if !r.visit(v) {
		return false
	}
	if v.node.Kind == yaml.ScalarNode {
		switch v.node.ShortTag() {
		case "!!str", "!!int", "!!float", "!!timestamp":
			*into = v.node.Value
			return true
		}
	}
	r.wrong(v.key, "must be text, and is %s", v.kind())
	return false
}

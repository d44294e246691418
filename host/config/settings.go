package config

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// any reads settings, as JSON has them.
func (r *reader) any(v value) any {
	switch {
	case v.node.Kind == yaml.MappingNode:
		found := map[string]any{}
		for _, e := range r.entries(v) {
			found[e.name] = r.any(e.value)
		}
		return found
	case v.node.Kind == yaml.SequenceNode:
		found := []any{}
		for _, item := range r.items(v) {
			found = append(found, r.any(item))
		}
		return found
	case !r.visit(v):
		return nil
	}
	switch v.node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return r.bool(v)
	case "!!int", "!!float":
		return r.number(v)
	}
	var text string
	r.text(v, &text)
	return text
}

// number reads a number of a setting. It must survive as a float64.
func (r *reader) number(v value) any {
	var f float64
	if err := v.node.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		r.wrong(v.key, "%q is not a number that settings can hold; write it in quotes", v.node.Value)
		return nil
	}
	if strings.Trim(v.node.Value, "+-_0123456789") == "" {
		if i, err := strconv.ParseInt(v.node.Value, 0, 64); err != nil || int64(f) != i {
			r.wrong(v.key, "%q has more digits than a number in settings can hold; write it in quotes", v.node.Value)
		}
	}
	return f
}

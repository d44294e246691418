package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// reader reads one file into a Config and keeps what is wrong with it.
type reader struct {
	file, dir          string
	env                Env
	problems, warnings Problems
	lines              places
	// broken are the keys that could not be read; nothing more is said of
	// them.
	broken map[string]bool
	// nodes that may still be read.
	nodes int
}

// selfReading is a type that reads a value in a way of its own; tag is that of
// the field.
type selfReading interface {
	read(r *reader, v value, tag reflect.StructTag)
}

// textual is a type that is written as one text.
type textual interface{ setText(text string) error }

func (r *reader) add(line int, key, format string, args ...any) {
	r.problems = append(r.problems, Problem{r.file, line, key, fmt.Sprintf(format, args...)})
}

// problem reports a problem with a key, unless it or a key around it could not
// be read.
func (r *reader) problem(key, format string, args ...any) {
	if !r.isBroken(key) {
		r.add(r.lines.of(key), key, format, args...)
	}
}

func (r *reader) isBroken(key string) bool {
	for ; key != ""; key = parent(key) {
		if r.broken[key] {
			return true
		}
	}
	return r.broken[""]
}

// wrong reports a key that cannot be read.
func (r *reader) wrong(key, format string, args ...any) {
	r.problem(key, format, args...)
	r.broken[key] = true
}

func (r *reader) warning(key, format string, args ...any) {
	if !r.isBroken(key) {
		r.warnings = append(r.warnings, Problem{r.file, r.lines.of(key), key, fmt.Sprintf(format, args...)})
	}
}

// into reads a mapping into the struct that target points to, and reports
// whether nothing was wrong with it.
func (r *reader) into(v value, target any) bool {
	before := len(r.problems)
	r.object(v, reflect.ValueOf(target).Elem())
	return len(r.problems) == before
}

// read reads a value into a field with a tag.
func (r *reader) read(v value, into reflect.Value, tag reflect.StructTag) {
	if own, ok := into.Addr().Interface().(selfReading); ok {
		own.read(r, v, tag)
		return
	}
	if _, ok := into.Addr().Interface().(textual); ok {
		r.scalar(v, into, tag)
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		r.object(v, into)
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		r.read(v, into.Elem(), tag)
	case reflect.Map:
		entries := r.entries(v)
		into.Set(reflect.MakeMapWithSize(into.Type(), len(entries)))
		for _, e := range entries {
			item := reflect.New(into.Type().Elem()).Elem()
			r.read(e.value, item, tag)
			into.SetMapIndex(reflect.ValueOf(e.name), item)
		}
	case reflect.Slice:
		items := r.items(v)
		into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
		for i, item := range items {
			r.read(item, into.Index(i), tag)
		}
	case reflect.Interface:
		if found := r.any(v); found != nil {
			into.Set(reflect.ValueOf(found))
		}
	case reflect.Bool:
		if r.visit(v) {
			into.SetBool(r.bool(v))
		}
	default:
		r.scalar(v, into, tag)
	}
}

// object reads a mapping into a struct with tags.
func (r *reader) object(v value, into reflect.Value) {
	entries := r.entries(v)
	if r.isBroken(v.key) {
		return
	}
	given := map[string]value{}
	for _, e := range entries {
		given[e.name] = e.value
	}
	var names []string
	for _, field := range reflect.VisibleFields(into.Type()) {
		name, required, ok := fieldKey(field)
		if !ok {
			continue
		}
		names = append(names, name)
		found, isGiven := given[name]
		switch {
		case isGiven:
			r.read(found, into.FieldByIndex(field.Index), field.Tag)
			if text := into.FieldByIndex(field.Index); required && text.Kind() == reflect.String && text.IsZero() {
				r.wrong(found.key, "is empty")
			}
		case required:
			r.wrong(join(v.key, name), "is missing")
		default:
			r.setDefault(join(v.key, name), into.FieldByIndex(field.Index), field.Tag)
		}
	}
	for _, e := range entries {
		if !slices.Contains(names, e.name) {
			r.add(e.line, e.key, "unknown key%s", suggest(e.name, names))
		}
	}
}

// fieldKey is the key of a field in the file, if it has one.
func fieldKey(field reflect.StructField) (name string, required, ok bool) {
	tag, ok := field.Tag.Lookup("key")
	name, rest, _ := strings.Cut(tag, ",")
	return name, rest == "required", ok
}

// setDefault fills in what was left out.
func (r *reader) setDefault(key string, into reflect.Value, tag reflect.StructTag) {
	if text, ok := tag.Lookup("default"); ok {
		if err := setText(into, text, tag); err != nil {
			r.problem(key, "%v", err)
		}
		return
	}
	if _, own := into.Addr().Interface().(selfReading); !own && into.Kind() == reflect.Struct {
		r.object(value{key: key, node: &yaml.Node{Kind: yaml.MappingNode}}, into)
	}
}

// scalar reads one text into a string, a duration, or a textual type.
func (r *reader) scalar(v value, into reflect.Value, tag reflect.StructTag) {
	var text string
	if !r.text(v, &text) {
		return
	}
	if err := setText(into, text, tag); err != nil {
		r.wrong(v.key, "%v", err)
	}
}

func setText(into reflect.Value, text string, tag reflect.StructTag) error {
	if own, ok := into.Addr().Interface().(textual); ok {
		return own.setText(text)
	}
	if into.Type() == reflect.TypeFor[time.Duration]() {
		d, err := parseDuration(text, tag)
		into.SetInt(int64(d))
		return err
	}
	if oneof, ok := tag.Lookup("oneof"); ok {
		words := strings.Fields(oneof)
		if !slices.Contains(words, text) {
			return fmt.Errorf("%q is none of %s%s", text, strings.Join(words, ", "), suggest(text, words))
		}
	}
	into.SetString(text)
	return nil
}

// parseDuration reads a duration within the bounds of a tag.
func parseDuration(text string, tag reflect.StructTag) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration, as 500ms, 20s and 10m are", text)
	}
	for _, bound := range []struct {
		name, says string
		sign       time.Duration
	}{{"min", "at least", 1}, {"max", "at most", -1}} {
		if limit, ok := tag.Lookup(bound.name); ok {
			if at, err := time.ParseDuration(limit); err != nil || bound.sign*d < bound.sign*at {
				return 0, fmt.Errorf("must be %s %s, and is %s", bound.says, limit, text)
			}
		}
	}
	return d, nil
}

func (r *reader) bool(v value) bool {
	text := strings.ToLower(v.node.Value)
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() != "!!bool" || (text != "true" && text != "false") {
		r.wrong(v.key, "must be true or false, and is %s", v.kind())
	}
	return text == "true"
}

package config

import (
	_ "embed"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// reference is every key, commented; the schema's descriptions are its
// comments.
//
//go:embed reference.yaml
var reference []byte

// Schema is a JSON Schema of the file, for editors: the same keys, defaults
// and words that [Load] reads, with the comments of reference.yaml.
func Schema() []byte {
	var document yaml.Node
	if err := yaml.Unmarshal(reference, &document); err != nil {
		panic(err) // a test reads the file
	}
	schema := schemaOf(reflect.TypeFor[Config](), "", document.Content[0])
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "patchbay.yaml"
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err) // maps of texts
	}
	return append(text, '\n')
}

// schemaOf describes a type; example is what the reference has there, if
// anything.
func schemaOf(t reflect.Type, tag reflect.StructTag, example *yaml.Node) map[string]any {
	schema := map[string]any{"type": "string"}
	if text, ok := tag.Lookup("default"); ok {
		schema["default"] = text
	}
	if words, ok := tag.Lookup("oneof"); ok {
		schema["enum"] = strings.Fields(words)
	}
	switch {
	case t == reflect.TypeFor[Pattern]():
		schema["format"] = "regex"
		return schema
	case t == reflect.TypeFor[Secret]():
		source := schemaOf(reflect.TypeFor[secretSource](), "", nil)
		source["minProperties"], source["maxProperties"] = 1, 1
		return map[string]any{"oneOf": []any{schema, source}}
	case t == reflect.TypeFor[Text]():
		return map[string]any{"oneOf": []any{schema, map[string]any{
			"type": "object", "properties": map[string]any{anyLanguage: map[string]any{"type": "string"}},
			"additionalProperties": map[string]any{"type": "string"},
		}}}
	case t == reflect.TypeFor[Weekly]():
		return map[string]any{"type": "object", "minProperties": 1, "additionalProperties": schema}
	case t == reflect.TypeFor[time.Duration]():
		schema["pattern"] = `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$`
		return schema
	case t == reflect.TypeFor[Size]():
		schema["pattern"] = `^[0-9][0-9.,]*\s*([kKmMgGtT]?i?[bB])?$`
		return schema
	case t == reflect.TypeFor[Count]():
		return map[string]any{"type": "integer", "minimum": 0, "maximum": 1_000_000}
	case t == reflect.TypeFor[Cores]():
		return map[string]any{"type": "number", "minimum": 0.01, "maximum": 1024}
	case t == reflect.TypeFor[Rate]():
		schema["pattern"] = `^\s*([0-9]+/[smh]\s+burst\s+[0-9]+|none)\s*$`
		return schema
	case t == reflect.TypeFor[Date]():
		schema["pattern"] = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
		return schema
	case reflect.PointerTo(t).Implements(reflect.TypeFor[textual]()):
		return schema
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), tag, example)
	case reflect.Bool:
		return map[string]any{"type": "boolean", "default": false}
	case reflect.Interface:
		return map[string]any{}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), tag, nil)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), tag, together(example))}
	case reflect.Struct:
		return objectSchema(t, example)
	}
	return schema
}

func objectSchema(t reflect.Type, example *yaml.Node) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, field := range reflect.VisibleFields(t) {
		name, isRequired, ok := fieldKey(field)
		if !ok {
			continue
		}
		found, comment := find(example, name)
		property := schemaOf(field.Type, field.Tag, found)
		if comment != "" {
			property["description"] = comment
		}
		properties[name] = property
		if isRequired {
			required = append(required, name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// together is one mapping of all that the values of a mapping have: one example
// of a desk shows what another does not.
func together(node *yaml.Node) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	all := &yaml.Node{Kind: yaml.MappingNode}
	for i := 1; i < len(node.Content); i += 2 {
		all.Content = append(all.Content, node.Content[i].Content...)
	}
	return all
}

// find is the value of a key, and the comment above or behind it. Where the key
// is there more than once, the first comment counts, and mappings are put
// together.
func find(node *yaml.Node, name string) (found *yaml.Node, comment string) {
	for i := 0; node != nil && node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Value != name {
			continue
		}
		if found == nil {
			found = value
		} else if found.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode {
			both := *found
			both.Content = append(both.Content[:len(both.Content):len(both.Content)], value.Content...)
			found = &both
		}
		var words []string
		for line := range strings.Lines(key.HeadComment + "\n" + key.LineComment + "\n" + value.LineComment) {
			words = append(words, strings.Fields(strings.TrimLeft(line, "# "))...)
		}
		if comment == "" {
			comment = strings.Join(words, " ")
		}
	}
	return found, comment
}

package openapitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// decode reads a body of a type: a form, or else JSON.
func decode(kind string, body []byte) (value any, err error) {
	if kind != "application/x-www-form-urlencoded" {
		err = json.Unmarshal(body, &value)
		return value, err
	}
	form, err := url.ParseQuery(string(body))
	fields := map[string]any{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return fields, err
}

// visit holds a body against a schema.
func visit(schema *openapi3.Schema, kind string, body []byte, as openapi3.SchemaValidationOption) []finding {
	value, err := decode(kind, body)
	if err != nil {
		return []finding{{says: fmt.Sprintf("it cannot be read as %s: %v", kind, err)}}
	}
	return walk("", schema, value, as)
}

// walk holds each part of a value against the schemas for it, one by one: the
// library stops at the first part of an allOf that does not fit, which here is
// often a contradiction that is known.
func walk(at string, schema *openapi3.Schema, value any, as openapi3.SchemaValidationOption) []finding {
	var found []finding
	for _, part := range schema.AllOf {
		found = append(found, walk(at, part.Value, value, as)...)
	}
	alone := *schema
	alone.AllOf = nil
	switch value := value.(type) {
	case map[string]any:
		alone.Properties = openapi3.Schemas{}
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			property := schema.Properties[name].Value
			alone.Properties[name] = openapi3.NewSchemaRef("", &openapi3.Schema{
				Nullable: true, ReadOnly: property.ReadOnly, WriteOnly: property.WriteOnly,
			})
			if member, ok := value[name]; ok {
				found = append(found, walk(at+"/"+name, property, member, as)...)
			}
		}
	case []any:
		if schema.Items != nil {
			alone.Items = openapi3.NewSchemaRef("", &openapi3.Schema{Nullable: true})
			for i, item := range value {
				found = append(found, walk(fmt.Sprintf("%s/%d", at, i), schema.Items.Value, item, as)...)
			}
		}
	}
	for _, f := range flatten(alone.VisitJSON(value, as, openapi3.MultiErrors())) {
		f.at, f.schema = at+f.at, schema
		found = append(found, f)
	}
	return found
}

// flatten takes the errors of a schema apart.
func flatten(err error) []finding {
	var (
		several openapi3.MultiError
		one     *openapi3.SchemaError
		found   []finding
	)
	switch {
	case errors.As(err, &several): // before a SchemaError: it says it is its first one, too
		for _, e := range several {
			found = append(found, flatten(e)...)
		}
	case errors.As(err, &one):
		at := ""
		if pointer := one.JSONPointer(); len(pointer) > 0 {
			at = "/" + strings.Join(pointer, "/")
		}
		says := one.Reason
		if one.SchemaField != "required" {
			says = not(says, one.Value)
		}
		found = append(found, finding{at: at, says: says, keyword: one.SchemaField, schema: one.Schema})
	}
	return found
}

// undefined are the members that none of the schemas for them defines.
func undefined(at string, value any, schemas []*openapi3.Schema) []finding {
	schemas = spread(schemas)
	var found []finding
	switch value := value.(type) {
	case []any:
		var items []*openapi3.Schema
		for _, s := range schemas {
			if s.Items != nil {
				items = append(items, s.Items.Value)
			}
		}
		for i, item := range value {
			found = append(found, undefined(fmt.Sprintf("%s/%d", at, i), item, items)...)
		}
	case map[string]any:
		free := !slices.ContainsFunc(schemas, func(s *openapi3.Schema) bool { return len(s.Properties) > 0 }) ||
			slices.ContainsFunc(schemas, func(s *openapi3.Schema) bool { return s.AdditionalProperties.Schema != nil })
		for _, name := range slices.Sorted(maps.Keys(value)) {
			var defined []*openapi3.Schema
			for _, s := range schemas {
				if p := s.Properties[name]; p != nil {
					defined = append(defined, p.Value)
				}
			}
			switch {
			case len(defined) > 0:
				found = append(found, undefined(at+"/"+name, value[name], defined)...)
			case !free:
				found = append(found, finding{at: at + "/" + name, says: "it is not defined", keyword: "properties", schema: schemas[0]})
			}
		}
	}
	return found
}

// spread are schemas and those that they are made of.
func spread(schemas []*openapi3.Schema) []*openapi3.Schema {
	var all []*openapi3.Schema
	for _, s := range schemas {
		all = append(all, s)
		for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
			for _, ref := range refs {
				all = append(all, spread([]*openapi3.Schema{ref.Value})...)
			}
		}
	}
	return all
}

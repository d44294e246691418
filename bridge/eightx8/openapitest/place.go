package openapitest

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// places are the paths of all schemas, as file#/components/schemas/Name/…
type places map[*openapi3.Schema]string

// of is a schema's path; empty: it is made of others.
func (p places) of(s *openapi3.Schema) string { return p[s] }

// add adds the schemas of a file, components first: that is where one looks for
// what is used in many places.
func (p places) add(file string, doc *openapi3.T) {
	at := file + "#/components"
	for name, s := range doc.Components.Schemas {
		p.schema(at+"/schemas/"+name, s)
	}
	for name, param := range doc.Components.Parameters {
		p.schema(at+"/parameters/"+name+"/schema", param.Value.Schema)
	}
	for name, body := range doc.Components.RequestBodies {
		p.content(at+"/requestBodies/"+name, body.Value.Content)
	}
	for name, response := range doc.Components.Responses {
		p.content(at+"/responses/"+name, response.Value.Content)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			at := file + "#/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + strings.ToLower(method)
			for i, param := range op.Parameters {
				p.schema(fmt.Sprintf("%s/parameters/%d/schema", at, i), param.Value.Schema)
			}
			if op.RequestBody != nil {
				p.content(at+"/requestBody", op.RequestBody.Value.Content)
			}
			for status, response := range op.Responses.Map() {
				p.content(at+"/responses/"+status, response.Value.Content)
			}
		}
	}
}

func (p places) content(at string, content openapi3.Content) {
	for kind, media := range content {
		p.schema(at+"/content/"+strings.ReplaceAll(kind, "/", "~1")+"/schema", media.Schema)
	}
}

// schema adds one and those within it. What a reference leads to is a
// component, which is added by its name.
func (p places) schema(at string, ref *openapi3.SchemaRef) {
	if ref == nil || ref.Ref != "" || p[ref.Value] != "" {
		return
	}
	s := ref.Value
	p[s] = at
	for name, property := range s.Properties {
		p.schema(at+"/properties/"+name, property)
	}
	p.schema(at+"/items", s.Items)
	for name, parts := range map[string]openapi3.SchemaRefs{"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf} {
		for i, part := range parts {
			p.schema(fmt.Sprintf("%s/%s/%d", at, name, i), part)
		}
	}
}

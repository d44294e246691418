package eightx8_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// vendorFiles is where the files are, beside the checkout.
func vendorFiles() string { return filepath.Join("..", "..", "..", "shared", "8x8") }

// contracts are the vendor's files; none where they are absent.
var contracts = sync.OnceValues(func() ([]*openapi3.T, error) {
	var all []*openapi3.T
	for _, name := range []string{"chat-gateway-v1.oas.yml", "chat-api-v2.oas.json"} {
		file := filepath.Join(vendorFiles(), name)
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		doc, err := openapi3.NewLoader().LoadFromFile(file) // it would not pass Validate
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", name, err)
		}
		all = append(all, doc)
	}
	return all, nil
})

// knownContradictions are those of the 8x8 contract's last table that requests
// of ours run into: each a part of a finding.
func knownContradictions() []string {
	return []string{
		// notificationVersion is required, version is defined: both are sent.
		"POST /chat-gateway/v1/webhooks: /notificationVersion is not defined",
		"PUT /chat-gateway/v1/webhooks/{webhookId}: /notificationVersion is not defined",
		"POST /vcc/{region}/chat/v2/tenant/{tenant-id}/web-hooks: /notificationVersion is not defined",
		"PUT /vcc/{region}/chat/v2/tenant/{tenant-id}/web-hooks/{web-hook-id}: /notificationVersion is not defined",
		// user is required, customer is defined: both are sent.
		"POST /vcc/{region}/chat/v2/tenant/{tenant-id}/conversations: /user is not defined",
		// The parameter is named customer.<anyCustomerKeyName>.
		"GET /vcc/{region}/chat/v2/tenant/{tenant-id}/conversations: parameter customer.",
		// grant_type has an enumeration and no type: some validators read null.
		"POST /oauth/v2/token: /grant_type",
	}
}

// asTheSchemasHaveIt holds a request of ours against the vendor's files, and
// fails the test at anything that is not as they have it, or known. The
// request's body is left as it was. It answers the operation's name; empty:
// the files are absent.
func asTheSchemasHaveIt(t *testing.T, r *http.Request) string {
	t.Helper()
	all, err := contracts()
	if err != nil {
		t.Error(err)
	}
	if len(all) == 0 {
		return ""
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	defer func() { r.Body = io.NopCloser(bytes.NewReader(body)) }()
	for _, doc := range all {
		r.Body = io.NopCloser(bytes.NewReader(body))
		route, params := routeOf(doc, r)
		if route == nil {
			continue
		}
		operation := route.Method + " " + route.Path
		for _, finding := range violations(r, route, params, body) {
			finding = operation + ": " + finding
			if !slices.ContainsFunc(knownContradictions(), func(known string) bool { return strings.HasPrefix(finding, known) }) {
				t.Errorf("a request that is not as the vendor's schemas have it: %s", finding)
			}
		}
		return operation
	}
	t.Errorf("a request that the vendor's schemas do not have: %s %s", r.Method, r.URL.Path)
	return ""
}

// routeOf finds a request's operation, and its path's parameters; nil: the
// file has none.
func routeOf(doc *openapi3.T, r *http.Request) (*routers.Route, map[string]string) {
	parts := strings.Split(r.URL.EscapedPath(), "/")
	for _, path := range doc.Paths.InMatchingOrder() {
		item, params := doc.Paths.Value(path), map[string]string{}
		template := strings.Split(path, "/")
		fits := len(template) == len(parts)
		for i := 0; fits && i < len(parts); i++ {
			if name, ok := strings.CutPrefix(template[i], "{"); ok {
				params[strings.TrimSuffix(name, "}")], _ = url.PathUnescape(parts[i])
			} else {
				fits = template[i] == parts[i]
			}
		}
		if operation := item.GetOperation(r.Method); fits && operation != nil {
			return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: operation}, params
		}
	}
	return nil, nil
}

// violations are what is wrong with a request: a schema's path and a reason.
func violations(r *http.Request, route *routers.Route, params map[string]string, body []byte) []string {
	err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	})
	found := reasons(err)
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			found = append(found, "parameter "+name+" is not defined")
		}
	}
	if route.Operation.RequestBody == nil {
		if len(body) > 0 {
			found = append(found, "the body is not defined")
		}
		return found
	}
	media := route.Operation.RequestBody.Value.Content.Get("application/json")
	var value any
	if media != nil && json.Unmarshal(body, &value) == nil {
		found = append(found, undefined("", value, []*openapi3.Schema{media.Schema.Value})...)
	}
	return found
}

// reasons flattens a validator's error.
func reasons(err error) []string {
	var several openapi3.MultiError
	var request *openapi3filter.RequestError
	var schema *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &schema) && schema.Origin != nil && schema.SchemaField == "allOf":
		return reasons(schema.Origin) // which of them, and why
	case errors.As(err, &schema):
		return []string{fmt.Sprintf("/%s: %s (schema %s)", strings.Join(schema.JSONPointer(), "/"), schema.Reason, schema.SchemaField)}
	case errors.As(err, &several):
		var all []string
		for _, one := range several {
			all = append(all, reasons(one)...)
		}
		return all
	case errors.As(err, &request) && request.Parameter != nil:
		return []string{fmt.Sprintf("parameter %s: %v", request.Parameter.Name, err)}
	}
	return []string{err.Error()}
}

// undefined are the paths of the members that no schema defines: the vendor's
// schemas forbid none, so a misspelled member would pass.
func undefined(at string, value any, schemas []*openapi3.Schema) []string {
	schemas = spread(schemas)
	var found []string
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
		for name, member := range value {
			var defined []*openapi3.Schema
			for _, s := range schemas {
				if p := s.Properties[name]; p != nil {
					defined = append(defined, p.Value)
				}
			}
			switch {
			case len(defined) > 0:
				found = append(found, undefined(at+"/"+name, member, defined)...)
			case !free:
				found = append(found, at+"/"+name+" is not defined")
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

package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestContract is the place that says whether the answers of all tests here
// are held against the vendor's schemas; box.send does it for every call.
func TestContract(t *testing.T) {
	c, err := contracts()
	if err != nil {
		t.Fatal(err)
	}
	if len(c) == 0 {
		t.Skipf("SKIPPED: the vendor's OpenAPI files are not in %s: no answer of the simulator is checked", vendorFiles())
	}
	paths := 0
	for _, doc := range c {
		paths += doc.Paths.Len()
	}
	if paths < 30 {
		t.Errorf("%d paths in the vendor's files", paths)
	}
}

func vendorFiles() string { return filepath.Join("..", "..", "..", "..", "shared", "8x8") }

// contracts are the vendor's files, none if there are none.
var contracts = sync.OnceValues(func() ([]*openapi3.T, error) {
	var all []*openapi3.T
	for _, name := range []string{"chat-gateway-v1.oas.yml", "chat-api-v2.oas.json"} {
		file := filepath.Join(vendorFiles(), name)
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		doc, err := openapi3.NewLoader().LoadFromFile(file) // they would not stand a Validate
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", name, err)
		}
		all = append(all, doc)
	}
	return all, nil
})

// contradiction is one of those that the vendor's schemas have in themselves.
type contradiction struct{ at, reason string } // parts of what a finding says

// contradictions are those of the 8x8 contract's last table, as far as the
// simulator's answers, or the requests that it accepts, run into them.
var contradictions = []contradiction{
	{`/messages 200 /messages`, `property "messages" is missing`},
	{`/messages 200 /participants`, `property "participants" is missing`},
	{`/messages 200 /messages/`, `property "type" is missing`},
	{`/messages 200 /messages/`, `property "senderId" is missing`},
	{`/participants 200 /data`, `property "data" is missing`},
	{`/participants 200 /participants`, `value must be an object`}, // by a quirk
	{`/attachments 200 /data`, `property "data" is missing`},
	{`/attachments`, `property "size" is missing`},
	{`/attachments`, `property "type" is missing`},
	{`/cards 200 /cards`, `property "cards" is missing`},
	{`/public 200 /`, `value must be a string`},
	{`Time`, `format "date"`},
	{`PATCH /chat-gateway/v1/conversations/{conversationId}/participants/user 400`, `has a body`}, // "default" is a success
	{`POST /vcc/{region}/chat/v2/tenant/{tenant-id}/conversations request /user`, `property "user" is missing`},
	{`/state: enum`, `value is not one of the allowed values`}, // upper case, by a quirk
}

func (c contradiction) explains(finding string) bool {
	return strings.Contains(finding, c.at) && strings.Contains(finding, c.reason)
}

// conforms holds one call against the vendor's files: the answer always, the
// request if it was accepted.
func conforms(t *testing.T, method string, at *url.URL, request []byte, contentType string, r reply) {
	t.Helper()
	docs, err := contracts()
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range findings(docs, method, at, request, contentType, r) {
		explained := false
		for _, c := range contradictions {
			explained = explained || c.explains(finding)
		}
		if !explained {
			t.Errorf("not as the vendor's schemas have it: %s\nrequest %s\nanswer  %s", finding, request, r.raw)
		}
	}
}

func findings(docs []*openapi3.T, method string, at *url.URL, request []byte, contentType string, r reply) []string {
	for _, doc := range docs {
		for template, item := range doc.Paths.Map() {
			if !fits(template, at.Path) {
				continue
			}
			op := item.GetOperation(method)
			if op == nil {
				continue
			}
			name := method + " " + template
			found := checkAnswer(name, op, r)
			if r.status < 300 {
				found = append(found, checkRequest(name, op, at.Query(), request, contentType)...)
			}
			return found
		}
	}
	return nil
}

// fits tells whether a path is one of the template's; "verify" is no id.
func fits(template, path string) bool {
	if strings.HasSuffix(path, "/verify") != strings.HasSuffix(template, "/verify") {
		return false
	}
	pattern := regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(template), `[^/]+`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(path)
}

func checkAnswer(name string, op *openapi3.Operation, r reply) []string {
	at := fmt.Sprintf("%s %d", name, r.status)
	response := op.Responses.Status(r.status)
	if response == nil {
		response = op.Responses.Default()
	}
	if response == nil || response.Value == nil {
		return []string{at + " is not in the schema"}
	}
	if len(response.Value.Content) == 0 {
		if len(r.raw) > 0 {
			return []string{at + " has a body"}
		}
		return nil
	}
	kind, _, _ := mime.ParseMediaType(r.header.Get("Content-Type"))
	media := response.Value.Content[kind]
	if media == nil {
		return []string{fmt.Sprintf("%s is of type %q", at, kind)}
	}
	if kind == "application/octet-stream" {
		return nil
	}
	return visit(at, media.Schema.Value, r.raw, openapi3.VisitAsResponse())
}

func checkRequest(name string, op *openapi3.Operation, query url.Values, body []byte, contentType string) []string {
	var found []string
	for key := range query {
		p := op.Parameters.GetByInAndName("query", key)
		switch {
		case p == nil && strings.HasPrefix(key, "customer."):
		case p == nil:
			found = append(found, fmt.Sprintf("%s parameter %s is not in the schema", name, key))
		case p.Schema.Value.Type.Is("number"):
			if _, err := strconv.ParseFloat(query.Get(key), 64); err != nil {
				found = append(found, fmt.Sprintf("%s parameter %s is no number", name, key))
			}
		}
	}
	if op.RequestBody == nil || (len(body) == 0 && !op.RequestBody.Value.Required) {
		return found
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "" {
		kind = jsonType
	}
	media := op.RequestBody.Value.Content[kind]
	if media == nil {
		return append(found, fmt.Sprintf("%s request is of type %q", name, kind))
	}
	if kind != jsonType {
		return found
	}
	return append(found, visit(name+" request", media.Schema.Value, body, openapi3.VisitAsRequest())...)
}

// visit holds JSON against a schema.
func visit(at string, schema *openapi3.Schema, body []byte, as openapi3.SchemaValidationOption) []string {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return []string{fmt.Sprintf("%s is no JSON: %v", at, err)}
	}
	return visitAll(at, schema, value, as)
}

// visitAll looks at each part of an allOf on its own: the library stops at the
// first that does not fit, which here is often a contradiction that is known.
func visitAll(at string, schema *openapi3.Schema, value any, as openapi3.SchemaValidationOption) []string {
	var all []string
	for _, part := range schema.AllOf {
		all = append(all, visitAll(at, part.Value, value, as)...)
	}
	rest := *schema
	rest.AllOf = nil
	return append(all, flattened(at, rest.VisitJSON(value, as, openapi3.MultiErrors()))...)
}

// flattened says every finding in a line: call, status, path, reason.
func flattened(at string, err error) []string {
	var (
		many openapi3.MultiError
		one  *openapi3.SchemaError
		all  []string
	)
	switch {
	case err == nil:
	case errors.As(err, &many): // before a SchemaError: it says it is its first one, too
		for _, e := range many {
			all = append(all, flattened(at, e)...)
		}
	case errors.As(err, &one):
		var deeper *openapi3.SchemaError
		if errors.As(one.Origin, &deeper) && one.SchemaField != "anyOf" {
			return flattened(at, one.Origin)
		}
		pointer := "/" + strings.Join(one.JSONPointer(), "/")
		all = append(all, fmt.Sprintf("%s %s: %s: %s", at, pointer, one.SchemaField, one.Reason))
	default:
		all = append(all, at+": "+err.Error())
	}
	return all
}

// A schema that is broken on purpose is noticed.
func TestContractNotices(t *testing.T) {
	docs, err := contracts()
	if err != nil || len(docs) == 0 {
		t.Skip("SKIPPED: the vendor's OpenAPI files are not there")
	}
	at := &url.URL{Path: "/chat-gateway/v1/channels/7"}
	header := http.Header{"Content-Type": {"application/hal+json"}}
	got := findings(docs, "GET", at, nil, "", reply{status: 200, header: header, raw: []byte(`{"id":7,"name":"n"}`)})
	if len(got) < 2 {
		t.Errorf("a number for an id and no routing: %q", got)
	}
}

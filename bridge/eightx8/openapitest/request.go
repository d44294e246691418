package openapitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// wrongInRequest is what is not as the schemas have it, members included that
// no schema defines: the vendor's forbid none, so that a misspelled one would
// pass.
func (x exchange) wrongInRequest() []finding {
	found := x.wrongAccepted()
	if schema := x.requestSchema(); schema != nil {
		if value, err := decode(x.kind(), x.body); err == nil {
			found = append(found, x.all("request", undefined("", value, []*openapi3.Schema{schema}))...)
		}
	}
	return found
}

// wrongAccepted is what a schema forbids.
func (x exchange) wrongAccepted() []finding {
	if x.operation == nil {
		return []finding{{operation: x.request.Method + " " + x.request.URL.Path, side: "request", says: "there is no such operation"}}
	}
	found := x.wrongParameters()
	switch body := x.operation.RequestBody; {
	case body == nil && len(x.body) > 0:
		return append(found, x.one("request", "", "the body is not defined"))
	case body == nil || len(x.body) == 0 && !body.Value.Required:
		return found
	case body.Value.Content[x.kind()] == nil:
		return append(found, x.one("request", "", fmt.Sprintf("the type %q is not defined", x.kind())))
	case x.requestSchema() == nil: // parts, which the library takes apart
		return append(found, x.wrongByFilter(&openapi3filter.Options{ExcludeRequestQueryParams: true})...)
	default:
		return append(found, x.all("request", visit(x.requestSchema(), x.kind(), x.body, openapi3.VisitAsRequest()))...)
	}
}

// kind is the request's content type.
func (x exchange) kind() string {
	kind, _, _ := mime.ParseMediaType(x.request.Header.Get("Content-Type"))
	return kind
}

// requestSchema is that of a body in JSON or of a form; nil: it has none.
func (x exchange) requestSchema() *openapi3.Schema {
	if x.operation == nil || x.operation.RequestBody == nil || len(x.body) == 0 || x.kind() == "multipart/form-data" {
		return nil
	}
	media := x.operation.RequestBody.Value.Content[x.kind()]
	if media == nil {
		return nil
	}
	return media.Schema.Value
}

// wrongParameters are those in path, query and header.
func (x exchange) wrongParameters() []finding {
	found := x.wrongByFilter(&openapi3filter.Options{ExcludeRequestBody: true})
	for name := range x.request.URL.Query() {
		if x.operation.Parameters.GetByInAndName("query", name) == nil && x.item().GetByInAndName("query", name) == nil {
			found = append(found, x.one("request", "parameter "+name, "it is not defined"))
		}
	}
	return found
}

// item are the parameters of all operations of the path.
func (x exchange) item() openapi3.Parameters { return x.operation.item.Parameters }

// wrongByFilter is what the library finds in a request.
func (x exchange) wrongByFilter(options *openapi3filter.Options) []finding {
	o := x.operation
	options.MultiError, options.SkipSettingDefaults = true, true
	options.AuthenticationFunc = openapi3filter.NoopAuthenticationFunc
	request := x.request.Clone(x.request.Context())
	request.Body = io.NopCloser(bytes.NewReader(x.body))
	return x.reasons(openapi3filter.ValidateRequest(request.Context(), &openapi3filter.RequestValidationInput{
		Request: request, PathParams: o.params, Options: options,
		Route: &routers.Route{Spec: o.doc, Path: o.path, PathItem: o.item, Method: o.method, Operation: o.Operation},
	}))
}

// reasons takes a filter's error apart.
func (x exchange) reasons(err error) []finding {
	var (
		several openapi3.MultiError
		request *openapi3filter.RequestError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &request) && request.Parameter != nil:
		at := "parameter " + request.Parameter.Name
		if found := x.all("request", flatten(request.Err)); len(found) > 0 {
			for i := range found {
				found[i].at = at
			}
			return found
		}
		return []finding{x.one("request", at, request.Error())}
	case errors.As(err, &request) && request.Err != nil:
		if found := x.all("request", flatten(request.Err)); len(found) > 0 {
			return found
		}
	case errors.As(err, &several):
		var all []finding
		for _, one := range several {
			all = append(all, x.reasons(one)...)
		}
		return all
	}
	return []finding{x.one("request", "", err.Error())}
}

package openapitest

import (
	"fmt"
	"mime"

	"github.com/getkin/kin-openapi/openapi3"
)

// wrongInAnswer is what is not as the schemas have it, members included that no
// schema defines.
func (x exchange) wrongInAnswer() []finding {
	if x.operation == nil {
		return nil // a request that was taken all the same is told of as such
	}
	status, body := x.answer.status(), x.answer.body.Bytes()
	side := fmt.Sprintf("answer %d", status)
	response := x.operation.Responses.Status(status)
	if response == nil {
		response = x.operation.Responses.Default()
	}
	if response == nil || response.Value == nil {
		return []finding{x.one(side, "", "the status is not defined")}
	}
	if len(response.Value.Content) == 0 {
		if len(body) > 0 {
			return []finding{x.one(side, "", "the body is not defined")}
		}
		return nil
	}
	kind, _, _ := mime.ParseMediaType(x.answer.Header().Get("Content-Type"))
	media := response.Value.Content[kind]
	switch {
	case media == nil:
		return []finding{x.one(side, "", fmt.Sprintf("the type %q is not defined", kind))}
	case kind == "application/octet-stream":
		return nil
	}
	found := visit(media.Schema.Value, kind, body, openapi3.VisitAsResponse())
	if value, err := decode(kind, body); err == nil {
		found = append(found, undefined("", value, []*openapi3.Schema{media.Schema.Value})...)
	}
	return x.all(side, found)
}

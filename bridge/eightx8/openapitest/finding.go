package openapitest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// finding is one thing that is not as the schemas have it.
type finding struct {
	// operation is "POST /path", side "request" or "answer 200".
	operation, side string
	// at is the JSON pointer of the part that is wrong, or a parameter.
	at string
	// says is what is wrong; schema and keyword are what it breaks, if that is
	// not the operation itself.
	says    string
	schema  *openapi3.Schema
	keyword string
	// place is the schema's path in the vendor's file.
	place string
}

// String is a line that names the operation, the part, and the schema's path.
func (f finding) String() string {
	if f.place == "" {
		return f.what()
	}
	return fmt.Sprintf("%s (schema %s/%s)", f.what(), f.place, f.keyword)
}

// what it is, by which a contradiction is known.
func (f finding) what() string {
	at := f.at
	if at == "" {
		at = "/"
	}
	return fmt.Sprintf("%s %s %s: %s", f.operation, f.side, at, f.says)
}

// one makes a finding of the exchange's operation.
func (x exchange) one(side, at, says string) finding {
	return finding{operation: x.operation.name(), side: side, at: at, says: says}
}

// all makes findings those of the exchange.
func (x exchange) all(side string, found []finding) []finding {
	for i := range found {
		found[i].operation, found[i].side = x.operation.name(), side
		found[i].place = x.contract.places.of(found[i].schema)
	}
	return found
}

// not shows the value that is wrong, after a reason.
func not(reason string, value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return reason
	}
	reason, _, _ = strings.Cut(reason, " (") // the pattern of a format
	return fmt.Sprintf("%s, not %.300s", reason, raw)
}

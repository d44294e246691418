package openapitest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// exchange is a request and, if there is one yet, its answer.
type exchange struct {
	contract  *contract
	operation *operation // nil: the files have none
	request   *http.Request
	body      []byte // of the request
	answer    *recorder
}

// String shows it, for somebody who looks for the mistake.
func (x exchange) String() string {
	text := fmt.Sprintf("request %s %s %.2000s", x.request.Method, x.request.URL.RequestURI(), x.body)
	if x.answer != nil {
		text += fmt.Sprintf("\nanswer  %d %.2000s", x.answer.status(), x.answer.body.Bytes())
	}
	return text
}

// operation is one of the vendor's, and the parameters in the path.
type operation struct {
	doc          *openapi3.T
	method, path string
	item         *openapi3.PathItem
	params       map[string]string
	*openapi3.Operation
}

func (o *operation) name() string { return o.method + " " + o.path }

// find finds a request's operation; nil: the files have none.
func find(docs []*openapi3.T, r *http.Request) *operation {
	parts := strings.Split(r.URL.EscapedPath(), "/")
	for _, doc := range docs {
		for _, path := range doc.Paths.InMatchingOrder() {
			item := doc.Paths.Value(path)
			params, fits := match(strings.Split(path, "/"), parts)
			if op := item.GetOperation(r.Method); fits && op != nil {
				return &operation{doc, r.Method, path, item, params, op}
			}
		}
	}
	return nil
}

// match says whether a path is as a template has it, and its parameters.
func match(template, parts []string) (params map[string]string, fits bool) {
	if len(template) != len(parts) {
		return nil, false
	}
	params = map[string]string{}
	for i, part := range parts {
		value, err := url.PathUnescape(part)
		name, isParam := strings.CutPrefix(template[i], "{")
		switch {
		case isParam && err == nil && value != "":
			params[strings.TrimSuffix(name, "}")] = value
		case isParam || template[i] != part:
			return nil, false
		}
	}
	return params, true
}

// operations are the names of all there are.
func operations(docs []*openapi3.T) []string {
	var names []string
	for _, doc := range docs {
		for path, item := range doc.Paths.Map() {
			for method := range item.Operations() {
				names = append(names, method+" "+path)
			}
		}
	}
	return names
}

// recorder keeps what is answered while it passes.
type recorder struct {
	http.ResponseWriter
	code int
	body bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.code == 0 && status >= 200 {
		r.code = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	r.code = r.status()
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// status is that of the answer: 200 if nothing else was said.
func (r *recorder) status() int {
	if r.code == 0 {
		return http.StatusOK
	}
	return r.code
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

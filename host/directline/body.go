package directline

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// maxBody is the largest body taken, in bytes.
const maxBody = 256 << 10

// readBody reads a body as JSON into v. Without content v stays as it is and
// empty is true.
func readBody(c *gin.Context, v any) (empty bool, err error) {
	raw, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return false, tooBig()
	}
	if err != nil {
		return false, badArgument("the body broke off")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return true, nil
	}
	if !utf8.Valid(raw) {
		return false, badArgument("the body is not UTF-8")
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return false, badJSON(err)
	}
	return false, nil
}

// badJSON says where the body is wrong without repeating what it says.
func badJSON(err error) error {
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return badArgument("the body is not JSON, from byte %d", syntax.Offset)
	case errors.As(err, &shape) && shape.Field != "":
		return badArgument("%s can't be a %s", shape.Field, shape.Value)
	case errors.As(err, &shape):
		return badArgument("the body must be an object, not a %s", shape.Value)
	}
	return badArgument("the body is not what this call takes")
}

func readParameters(c *gin.Context) (parameters, error) {
	var p parameters
	if _, err := readBody(c, &p); err != nil {
		return parameters{}, err
	}
	return p, p.User.check()
}

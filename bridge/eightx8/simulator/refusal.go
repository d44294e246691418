package simulator

import (
	"fmt"
	"strings"
)

// What the contact centre may answer besides doing what it was asked. Each API
// (8x8's and the control API) writes these in its own form.

// missing is a thing that was named and does not exist.
type missing struct{ kind, id string }

func (m missing) Error() string {
	return fmt.Sprintf("Resource of type %s with id %s was not found.", m.kind, m.id)
}

// violation is one member of a request that may not be as it is.
type violation struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// violations are all that is wrong with one request; never empty as an error.
type violations []violation

func (v violations) Error() string {
	messages := make([]string, len(v))
	for i, one := range v {
		messages[i] = one.Message
	}
	return strings.Join(messages, " ")
}

// add notes that field has a value that may not be.
func (v *violations) add(field, value, code, format string, args ...any) {
	*v = append(*v, violation{Field: field, Value: value, Code: code, Message: fmt.Sprintf(format, args...)})
}

// require notes that field is absent, if it is.
func (v *violations) require(field, value string) {
	if value == "" {
		v.add(field, "", "required", "%s is required.", field)
	}
}

// limit notes that field has more characters than it may have.
func (v *violations) limit(field, value string, most int) {
	if n := len([]rune(value)); n > most {
		v.add(field, value, "too_long", "%s has %d characters, at most %d are allowed.", field, n, most)
	}
}

// within notes that field is not between least and most.
func (v *violations) within(field string, value, least, most int) {
	if value < least || value > most {
		v.add(field, fmt.Sprint(value), "invalid_parameter", "%s has to be between %d and %d.", field, least, most)
	}
}

// err is nil if nothing was noted.
func (v violations) err() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// refuse is a single violation as an error.
func refuse(field, value, code, format string, args ...any) error {
	var v violations
	v.add(field, value, code, format, args...)
	return v
}

// conflict is an action that does not fit the state of things.
type conflict struct{ code, message string }

func (c conflict) Error() string { return c.message }

func clash(code, format string, args ...any) error {
	return conflict{code: code, message: fmt.Sprintf(format, args...)}
}

// tooLarge is a body beyond what is read.
type tooLarge struct{ limit int }

func (t tooLarge) Error() string {
	return fmt.Sprintf("The request body is larger than the %d bytes that are allowed.", t.limit)
}

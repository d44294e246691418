package eightx8

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode"
)

// maxMessage bounds how much of an error text is kept, in bytes.
const maxMessage = 512

// APIError is an answer of 8x8 that is not 2xx, whatever the shape of its body
// (8x8 contract, "Two dialects of one service", errors).
type APIError struct {
	// Status of the answer.
	Status int
	// Code is 8x8's word for the error, invalid_queue say; empty: it gave none.
	Code string
	// Message for people; the status's text if 8x8 gave none.
	Message string
	// Validations say what is wrong with which field.
	Validations []Validation
	// ReferenceID is what 8x8's support asks for; empty: it gave none.
	ReferenceID string
}

// Validation is one field that 8x8 does not accept. The value that was sent is
// not kept: it may be a customer's.
type Validation struct {
	Field, Code, Message string
}

// Error says all of it, once, in one line.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "8x8 answered %d", e.Status)
	if e.Code != "" {
		fmt.Fprintf(&b, " %s", e.Code)
	}
	fmt.Fprintf(&b, ": %s", e.Message)
	for _, v := range e.Validations {
		if v.Code == e.Code {
			v.Code = ""
		}
		if strings.Contains(e.Message, v.Message) {
			v.Message = ""
		}
		if text := join(v.Field, join(v.Code, v.Message)); text != "" {
			fmt.Fprintf(&b, "; %s", text)
		}
	}
	if e.ReferenceID != "" {
		fmt.Fprintf(&b, " (reference %s)", e.ReferenceID)
	}
	return b.String()
}

// apiError reads an error's body. It never fails: what is not understood is
// left out. Should the answer repeat a secret, that is cut out.
func (c *client) apiError(status int, body []byte) *APIError {
	made := &APIError{Status: status}
	var parsed any
	text := c.auth.hide(string(body))
	if err := json.Unmarshal([]byte(text), &parsed); err == nil {
		made.read(parsed)
	} else if !strings.Contains(text, "<") { // not a page
		made.Message = text
	}
	made.Code, made.ReferenceID = oneLine(made.Code), oneLine(made.ReferenceID)
	made.Message = oneLine(made.Message)
	if made.Message == "" {
		made.Message = http.StatusText(status)
	}
	return made
}

// read takes what it knows out of a parsed body.
func (e *APIError) read(parsed any) {
	object, ok := parsed.(map[string]any)
	if !ok {
		e.Message = scalarText(parsed)
		return
	}
	e.Message = first(object, "message", "detail", "title", "Error", "error_description", "error")
	e.Code = first(object, "code", "ErrorCode")
	e.ReferenceID = first(object, "referenceId")
	if fault, ok := object["fault"].(map[string]any); ok {
		e.Message = first(fault, "faultstring")
		if detail, ok := fault["detail"].(map[string]any); ok {
			e.Code = first(detail, "errorcode")
		}
	}
	for _, one := range several(object["errors"]) {
		text := scalarText(one)
		if inner, ok := one.(map[string]any); ok {
			text = first(inner, "message")
			if e.Code == "" {
				e.Code = first(inner, "code")
			}
		}
		if !strings.Contains(e.Message, text) {
			e.Message = join(e.Message, text)
		}
	}
	for _, one := range several(object["validations"]) {
		v := Validation{Message: oneLine(scalarText(one))}
		if inner, ok := one.(map[string]any); ok {
			v = Validation{oneLine(first(inner, "field")), oneLine(first(inner, "code")), oneLine(first(inner, "message"))}
		}
		if v != (Validation{}) && len(e.Validations) < 20 {
			e.Validations = append(e.Validations, v)
		}
	}
}

// several is a list, or the one thing that stands in place of a list.
func several(value any) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		return value
	default:
		return []any{value}
	}
}

// first is the first of an object's members that is a text or number.
func first(object map[string]any, names ...string) string {
	for _, name := range names {
		if text := scalarText(object[name]); text != "" {
			return text
		}
	}
	return ""
}

// scalarText is a text or number as text; anything else is empty.
func scalarText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64, bool:
		return fmt.Sprint(value)
	default:
		return ""
	}
}

// join puts two texts into one, either of which may be empty.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ": " + b
}

// oneLine makes a text fit for a log.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return shorten(strings.TrimSpace(text), maxMessage)
}

// shorten cuts a text to limit bytes or a little less, between characters.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

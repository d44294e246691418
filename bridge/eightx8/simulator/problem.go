package simulator

import (
	"errors"
	"net/http"
)

const problemType = "application/problem+json"

// problem is 8x8's error body. Errors has the shape its schema has for the
// call: an array of objects, an array of strings, or one object.
type problem struct {
	Message     string     `json:"message"`
	Errors      any        `json:"errors,omitempty"`
	Validations violations `json:"validations,omitempty"`
	ReferenceID string     `json:"referenceId,omitempty"`
}

// problemError is an element of "errors" where that is an array of objects,
// and the whole of it where it is one object.
type problemError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// style is how a call answers: the content type of what goes well, and the
// error bodies that its schema names for what does not.
type style struct {
	contentType string
	refused     func(violations, string) problem
	missing     func(missing) any
	other       func(code, message, reference string) problem
}

// generalStyle is for most calls: GeneralErrorResponse and
// ResourceNotFoundResponse, with validations.
func generalStyle() style {
	return style{
		contentType: halType,
		refused: func(v violations, _ string) problem {
			return problem{Message: v[0].Message, Errors: problemErrors(v), Validations: v}
		},
		missing: missingAsStrings,
		other:   general,
	}
}

// objectsStyle is for calls whose schema has no 404, so that theirs is a
// GeneralErrorResponse too: reading a conversation's messages, cards and
// participants.
func objectsStyle() style {
	s := generalStyle()
	s.missing = func(m missing) any { return general("resource_not_found", m.Error(), "") }
	return s
}

// messageStyle is for sending a message: BadRequestResponse, whose errors are
// one object.
func messageStyle() style {
	return style{
		contentType: halType,
		refused: func(v violations, reference string) problem {
			return problem{
				Message:     v[0].Message,
				Errors:      problemError{Code: v[0].Code, Message: v[0].Message},
				ReferenceID: reference,
			}
		},
		missing: missingAsStrings,
		other:   general,
	}
}

// indicatorStyle is for typing: InvalidParameterExceptionResponse and
// ResourceNotFoundExceptionResponse.
func indicatorStyle() style {
	return style{
		contentType: halType,
		refused: func(v violations, reference string) problem {
			return problem{Message: v[0].Message, Errors: problemErrors(v), ReferenceID: reference}
		},
		other: general,
		missing: func(m missing) any {
			return problem{
				Message: "Resource not found",
				Errors:  []problemError{{Code: "resource_not_found", Message: m.Error()}},
			}
		},
	}
}

func missingAsStrings(m missing) any {
	return problem{Message: m.Error(), Errors: []string{m.Error()}}
}

func problemErrors(v violations) []problemError {
	list := make([]problemError, len(v))
	for i, one := range v {
		list[i] = problemError{Code: one.Code, Message: one.Message}
	}
	return list
}

// render is the status and body for err.
func (s style) render(err error, reference string) (int, any) {
	var (
		refused violations
		absent  missing
		large   tooLarge
	)
	switch {
	case errors.As(err, &refused):
		return http.StatusBadRequest, s.refused(refused, reference)
	case errors.As(err, &absent):
		return http.StatusNotFound, s.missing(absent)
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, s.other("request_too_large", err.Error(), reference)
	default:
		return http.StatusInternalServerError, s.other("internal_error", err.Error(), reference)
	}
}

// general is the body of errors that concern no member of the request.
func general(code, message, _ string) problem {
	return problem{Message: message, Errors: []problemError{{Code: code, Message: message}}}
}

func unauthorized(reference string) problem {
	p := general("access_denied", "Access Denied", "")
	p.ReferenceID = reference
	return p
}

// forbidden is the body of a 403, whose errors are strings.
func forbidden(reason string) problem {
	return problem{Message: "The tenant does not belong to customer.", Errors: []string{reason}}
}

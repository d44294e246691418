package simulator

import "net/http"

// chatStyle is for most calls of the Chat API: ConstraintViolationProblem,
// ResourceNotFoundProblem and InternalServerProblem, whose errors are strings.
func chatStyle() style {
	return style{
		contentType: jsonType,
		refused: func(v violations, _ string) problem {
			messages := make([]string, len(v))
			for i, one := range v {
				messages[i] = one.Message
			}
			return problem{Message: "Constraint Violation", Errors: messages}
		},
		missing: missingAsStrings,
		other: func(_, message, reference string) problem {
			return problem{Message: message, Errors: []string{message}, ReferenceID: reference}
		},
	}
}

// chatDetailedStyle is for creating a channel: ValidationExceptionPayload.
func chatDetailedStyle() style {
	s := chatStyle()
	s.refused = generalStyle().refused
	return s
}

// keyProblem is the body for a public key that there is not.
type keyProblem struct {
	Type         string `json:"type"`
	Title        string `json:"title"`
	Status       int    `json:"status"`
	Detail       string `json:"detail"`
	ResourceType string `json:"resourceType"`
	ResourceID   string `json:"resourceId"`
}

// chatKeyStyle is for reading a public key.
func chatKeyStyle() style {
	s := chatStyle()
	s.missing = func(m missing) any {
		return keyProblem{"ClientError", "Resource not found.", http.StatusNotFound, m.Error(), "JWKPublic", m.id}
	}
	return s
}

// tokenFault is the body of a 401.
type tokenFault struct {
	Fault struct {
		Text   string `json:"faultstring"`
		Detail struct {
			Code string `json:"errorcode"`
		} `json:"detail"`
	} `json:"fault"`
}

func badToken() tokenFault {
	var f tokenFault
	f.Fault.Text = "Invalid Access Token"
	f.Fault.Detail.Code = "keymanagement.service.invalid_access_token"
	return f
}

package eightx8

import "net/http"

// Refusal is why a webhook is not taken in. Errors of [Verifier.Verify] wrap
// one; errors.Is tells which, and HTTPStatus what to answer.
type Refusal string

// The refusals.
const (
	// ErrSignature: not signed by 8x8 for our tenant. 401.
	ErrSignature Refusal = "signature refused"
	// ErrStale: sent too long ago, or in the future. 401.
	ErrStale Refusal = "not sent just now"
	// ErrUnavailable: the public key cannot be had at the moment, so nobody
	// knows who signed. 503, and 8x8 will send it again.
	ErrUnavailable Refusal = "public key unavailable"
	// ErrBody: signed, but not an event. 400.
	ErrBody Refusal = "not an event"
	// ErrNothing: in order, and there is nothing to take in: 8x8 tries the
	// address (WEB_HOOK_VERIFY, signed or not), or tells something of no
	// conversation, or that somebody other than an agent types. 204.
	ErrNothing Refusal = "nothing to take in"
)

// Error says it in words.
func (r Refusal) Error() string { return string(r) }

// HTTPStatus is what to answer 8x8. Anything but 2xx is sent again.
func (r Refusal) HTTPStatus() int {
	switch r {
	case ErrSignature, ErrStale:
		return http.StatusUnauthorized
	case ErrUnavailable:
		return http.StatusServiceUnavailable
	case ErrBody:
		return http.StatusBadRequest
	case ErrNothing:
		return http.StatusNoContent
	default:
		return http.StatusInternalServerError
	}
}

package webhooks

import (
	"fmt"
	"net/http"
)

// answer writes a status, and a code and a message where it is an error. They
// are the same for each status: what was wrong with a signature is for the log
// alone.
func answer(w http.ResponseWriter, status int) {
	var code, message string
	switch status {
	case http.StatusBadRequest:
		code, message = "broken", "the body is not an event"
	case http.StatusUnauthorized:
		code, message = "unauthorized", "the signature does not hold"
	case http.StatusNotFound:
		code, message = "not_found", "there is no such webhook"
	case http.StatusRequestEntityTooLarge:
		code, message = "too_large", "the body is larger than 1 MiB"
	case http.StatusServiceUnavailable:
		code, message = "unavailable", "nothing was taken in; please send it again"
		w.Header().Set("Retry-After", "1")
	case http.StatusInternalServerError:
		code, message = "internal", "something went wrong here; please send it again"
	}
	if code == "" {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`+"\n", code, message) // nobody is left to tell
}

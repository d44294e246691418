package directline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
)

// The codes of errors; clients may rely on them.
const (
	codeBadArgument          = "BadArgument"
	codeMissingProperty      = "MissingProperty"
	codeUnauthorized         = "Unauthorized"
	codeTokenExpired         = "TokenExpired"
	codeForbidden            = "Forbidden"
	codeOriginNotTrusted     = "OriginNotTrusted"
	codeNotFound             = "NotFound"
	codeConversationNotFound = "ConversationNotFound"
	codeMessageSizeTooBig    = "MessageSizeTooBig"
	codeInsufficientStorage  = "InsufficientStorage"
	codeTooManyRequests      = "TooManyRequests"
	codeServiceUnavailable   = "ServiceUnavailable"
	codeServiceError         = "ServiceError"
)

// fault is an error as the client is told.
type fault struct {
	status        int
	code, message string
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func badArgument(format string, args ...any) *fault {
	return &fault{http.StatusBadRequest, codeBadArgument, fmt.Sprintf(format, args...)}
}

func missingProperty(name string) *fault {
	return &fault{http.StatusBadRequest, codeMissingProperty, name + " is missing"}
}

func unauthorized() *fault {
	return &fault{http.StatusUnauthorized, codeUnauthorized, "a valid secret or token is needed: Authorization: Bearer …"}
}

func tokenExpired() *fault {
	return &fault{http.StatusForbidden, codeTokenExpired, "the token has expired"}
}

func forbidden(message string) *fault {
	return &fault{http.StatusForbidden, codeForbidden, message}
}

func originNotTrusted() *fault {
	return &fault{http.StatusForbidden, codeOriginNotTrusted, "this web page's origin is not among the trusted ones"}
}

func conversationNotFound() *fault {
	return &fault{http.StatusNotFound, codeConversationNotFound, "there is no such conversation"}
}

func noSuchCall(status int) *fault {
	return &fault{status, codeNotFound, "there is no such call"}
}

func tooBig() *fault {
	return &fault{http.StatusRequestEntityTooLarge, codeMessageSizeTooBig, fmt.Sprintf("the body is larger than %d bytes", maxBody)}
}

func unavailable() *fault {
	return &fault{http.StatusServiceUnavailable, codeServiceUnavailable, "nothing was changed; please try again"}
}

// tooManyStreams is told to be tried again when a client that is gone will have
// been missed.
func tooManyStreams() error { return &tooOften{silence} }

// tooOften refuses what may be done again after a while.
type tooOften struct{ wait time.Duration }

func (t *tooOften) Error() string { return codeTooManyRequests + ": wait " + t.wait.String() }

// seconds to wait, whole ones.
func (t *tooOften) seconds() int { return int((t.wait + time.Second - 1) / time.Second) }

// faultOf says what the client is told about err.
func faultOf(err error) *fault {
	var known *fault
	var often *tooOften
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &often):
		return &fault{http.StatusTooManyRequests, codeTooManyRequests,
			fmt.Sprintf("this happens too often; nothing was changed; please try again in %d s", often.seconds())}
	case errors.Is(err, bridge.ErrNotFound), errors.Is(err, bridge.ErrUnknownChannel):
		return conversationNotFound()
	case errors.Is(err, bridge.ErrTooLarge):
		return &fault{http.StatusRequestEntityTooLarge, codeMessageSizeTooBig, "the file is too large"}
	case errors.Is(err, bridge.ErrNoRoom), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		return noRoom()
	case errors.Is(err, bridge.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable()
	}
	return &fault{http.StatusInternalServerError, codeServiceError, "something went wrong here"}
}

// refuse answers err. What is not the client's doing is logged.
func (s *Server) refuse(c *gin.Context, err error) {
	f := faultOf(err)
	known := f.status == http.StatusServiceUnavailable && s.later.Load() > 0 || // the host stops
		errors.Is(err, bridge.ErrUnwritable) // of which the store has told
	if f.status >= http.StatusInternalServerError && c.Request.Context().Err() == nil && !known {
		s.log.Error("answer direct line call", "conversation", c.Param("id"),
			"err", fmt.Errorf("%s %s: %w", c.Request.Method, c.FullPath(), err))
	}
	if f.code == codeOriginNotTrusted {
		c.Writer.Header().Del("Access-Control-Allow-Origin")
	}
	if often := (*tooOften)(nil); errors.As(err, &often) {
		c.Writer.Header().Set("Retry-After", strconv.Itoa(often.seconds()))
	}
	writeFault(c.Writer, f)
	c.Abort()
}

func writeFault(w http.ResponseWriter, f *fault) {
	switch f.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		if w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", "1")
		}
	}
	type body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	writeJSON(w, f.status, map[string]body{"error": {f.code, f.message}})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // addresses stay readable in a terminal
	_ = encoder.Encode(body)     // fails if the client is gone; nobody is left to tell
}

// answer makes a handler of one that answers a status and a body, or an error.
func (s *Server) answer(handle func(*gin.Context) (int, any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		status, body, err := handle(c)
		if err != nil {
			s.refuse(c, err)
			return
		}
		writeJSON(c.Writer, status, body)
	}
}

// recover answers 500 where a handler panics, and logs where.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("answer direct line call", "conversation", c.Param("id"),
				"err", fmt.Errorf("%s %s: panic: %v\n%s", c.Request.Method, c.FullPath(), r, debug.Stack()))
			if !c.Writer.Written() {
				writeFault(c.Writer, faultOf(errors.New("panic")))
			}
			c.Abort()
		}
	}()
	c.Next()
}

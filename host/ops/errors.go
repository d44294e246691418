package ops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
)

// fault is an error as the caller is told: {"error": {"code", "message"}}.
// Programs may rely on the code.
type fault struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f fault) Error() string { return f.Code + ": " + f.Message }

func unauthorized() fault {
	return fault{http.StatusUnauthorized, "unauthorized", "the operator's token is needed: Authorization: Bearer …"}
}

func closed() fault {
	return fault{http.StatusForbidden, "closed", "the API is closed: ops.token is not configured"}
}

func noSuchCall() fault {
	return fault{http.StatusNotFound, "no_such_call", "there is no such call"}
}

func noSuchMethod() fault {
	return fault{http.StatusMethodNotAllowed, "no_such_method", "the call is not answered by this method"}
}

func badArgument(format string, args ...any) fault {
	return fault{http.StatusBadRequest, "bad_argument", fmt.Sprintf(format, args...)}
}

// faultOf says what the caller is told about err.
func faultOf(err error) fault {
	if known, ok := errors.AsType[fault](err); ok {
		return known
	}
	switch {
	case errors.Is(err, bridge.ErrNotFound):
		return fault{http.StatusNotFound, "not_found", "there is no such conversation"}
	case errors.Is(err, bridge.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault{http.StatusServiceUnavailable, "unavailable", "the store does not answer; please try again"}
	}
	return fault{http.StatusInternalServerError, "internal", "something went wrong here; the log says what"}
}

// refuse answers err. What is not the caller's doing is logged.
func (s *server) refuse(c *gin.Context, err error) {
	f := faultOf(err)
	if f.status >= http.StatusInternalServerError && c.Request.Context().Err() == nil {
		s.log.Error("operator's call", "call", c.FullPath(), "err", err)
	}
	if f.status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	writeJSON(c.Writer, f.status, map[string]fault{"error": f})
	c.Abort()
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller is gone; nobody is left to tell
}

// recover answers 500 where a handler panics, and logs where.
func (s *server) recover(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("operator's call panicked", "call", c.FullPath(), "err", r, "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				s.refuse(c, errors.New("panic"))
			}
			c.Abort()
		}
	}()
	c.Next()
}

package files

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
)

var errNoMethod = errors.New("no such method")

// retryAfter is when to try again, unless the desk says when.
const retryAfter = 10 * time.Second

// fault is an error as it is told: it names nothing, and does not tell an
// address that was forged from one that has expired, nor from one of a file
// that is gone.
type fault struct {
	status int
	text   string
	retry  time.Duration
}

func faultOf(err error) fault {
	var desk *bridge.DeskError
	switch {
	case errors.Is(err, errNoMethod):
		return fault{status: http.StatusMethodNotAllowed, text: "A file can be read, and nothing else."}
	case errors.Is(err, bridge.ErrNotFound), errors.Is(err, bridge.ErrTooLarge),
		errors.As(err, &desk) && desk.Kind == bridge.DeskRefused: // it will not be there later either
		return fault{status: http.StatusNotFound, text: "There is no such file, or its address has expired."}
	case errors.As(err, &desk):
		return unavailable(max(desk.RetryAfter, retryAfter))
	case errors.Is(err, bridge.ErrNoRoom), errors.Is(err, bridge.ErrUnavailable),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable(retryAfter)
	}
	return fault{status: http.StatusInternalServerError, text: "Something went wrong here."}
}

func unavailable(retry time.Duration) fault {
	return fault{http.StatusServiceUnavailable, "The file cannot be had just now. Please try again later.", retry}
}

// refuse answers err. What is not the caller's doing is logged.
func (s *server) refuse(c *gin.Context, r ref, err error) {
	f := faultOf(err)
	if r.conversation != "" && !errors.Is(err, bridge.ErrNotFound) && c.Request.Context().Err() == nil {
		s.log.Warn("serve a file", "conversation", r.conversation, "entry", r.entry, "err", err)
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if f.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(f.retry.Round(time.Second).Seconds())))
	}
	c.Writer.WriteHeader(f.status)
	if c.Request.Method != http.MethodHead {
		_, _ = io.WriteString(c.Writer, f.text+"\n") // fails if the caller is gone; nobody is left to tell
	}
	c.Abort()
}

// recover answers 500 where a handler panics, and logs where.
func (s *server) recover(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("serving a file panicked", "err", r, "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				s.refuse(c, ref{}, errors.New("panic"))
			}
			c.Abort()
		}
	}()
	c.Next()
}

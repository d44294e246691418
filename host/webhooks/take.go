package webhooks

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
)

// take takes one webhook in and counts what became of it.
func (s *Server) take(c *gin.Context) {
	desk, channel := c.Param("desk"), c.Param("channel")
	verifier, ok := (*s.routes.Load())[[2]string{desk, channel}]
	if !ok {
		s.noRoute(c)
		return
	}
	result := s.handle(c, verifier, channel)
	s.metrics.count(desk, result)
	if result.err != nil && result.outcome != Nothing && !errors.Is(result.err, bridge.ErrUnwritable) { // of which the store has told
		s.log.say(c.Request.Context(), desk, channel, result)
	}
	answer(c.Writer, result.status)
}

func (s *Server) noRoute(c *gin.Context) {
	s.metrics.count("", result{outcome: NoRoute})
	answer(c.Writer, http.StatusNotFound)
}

// result is what became of a webhook.
type result struct {
	status  int
	outcome Outcome
	event   string
	err     error
}

func (s *Server) handle(c *gin.Context, verifier Verifier, channel string) result {
	ctx := c.Request.Context()
	body, err := s.buffers.read(c.Request)
	if err != nil {
		return bodyResult(err)
	}
	defer body.release()
	event, typing, err := verifier.Verify(ctx, c.Request.Header, body.bytes)
	switch {
	case err != nil:
		return s.refusal(err)
	case typing != nil:
		s.engine.TicketTyping(ctx, event.Desk, event.Ticket, *typing)
		return result{status: http.StatusNoContent, outcome: Passed, event: typingEvent}
	}
	event.Channel = channel
	_, err = s.engine.Receive(ctx, event)
	return received(ctx, eventName(event.Kind), err)
}

// refusal is what a verifier's error comes to.
func (s *Server) refusal(err error) result {
	var said interface{ HTTPStatus() int }
	if !errors.As(err, &said) {
		return result{status: http.StatusInternalServerError, outcome: Failed, err: err}
	}
	status := said.HTTPStatus()
	outcome := Failed
	switch {
	case status >= 200 && status < 300:
		outcome = Nothing
	case s.stale != nil && errors.Is(err, s.stale):
		outcome = Stale
	case status == http.StatusUnauthorized:
		outcome = Unsigned
	case status == http.StatusBadRequest:
		outcome = Broken
	case status == http.StatusServiceUnavailable:
		outcome = NoKey
	}
	return result{status: status, outcome: outcome, err: err}
}

// received is what the engine's answer comes to. An event about a conversation
// that there is not is another host's at the same tenant, or of one that was
// erased; to send it again would help nobody.
func received(ctx context.Context, event string, err error) result {
	switch {
	case err == nil:
		return result{status: http.StatusNoContent, outcome: Recorded, event: event}
	case errors.Is(err, bridge.ErrNotFound):
		return result{status: http.StatusNoContent, outcome: NotOurs, event: event, err: err}
	case errors.Is(err, bridge.ErrUnavailable), ctx.Err() != nil:
		return result{status: http.StatusServiceUnavailable, outcome: NotDurable, event: event, err: err}
	case errors.Is(err, bridge.ErrUnknownChannel):
		return result{status: http.StatusNotFound, outcome: NoRoute, event: event, err: err}
	}
	return result{status: http.StatusInternalServerError, outcome: Failed, event: event, err: err}
}

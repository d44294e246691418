package directline

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// mayBegin refuses what would begin a conversation while the host drains.
func (s *Server) mayBegin(c *gin.Context) error {
	after := s.later.Load()
	if after == 0 {
		return nil
	}
	c.Header("Retry-After", strconv.FormatInt(after, 10))
	return &fault{http.StatusServiceUnavailable, codeServiceUnavailable, "the host is stopping and begins no conversations; please try again"}
}

// mayPost refuses what would begin the conversation that it is posted to,
// while the host drains.
func (s *Server) mayPost(c *gin.Context, id bot.ConversationID) error {
	refused := s.mayBegin(c)
	if refused == nil {
		return nil
	}
	_, err := s.engine.Conversation(c.Request.Context(), id)
	if errors.Is(err, bridge.ErrNotFound) {
		return refused
	}
	c.Writer.Header().Del("Retry-After")
	return err
}

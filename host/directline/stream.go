package directline

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
)

// stream: GET /conversations/{id}/stream?watermark=&t=token, as a WebSocket.
// It shows what comes after the watermark; without one, from now on. The
// addresses in our answers carry a watermark. An expiring token does not end a
// stream that is open.
func (s *Server) stream(c *gin.Context) {
	if err := s.openStream(c); err != nil {
		s.refuse(c, err)
	}
}

// openStream answers an error only as long as the request is still HTTP.
func (s *Server) openStream(c *gin.Context) error {
	g, err := s.streamGrant(c)
	if err != nil {
		return err
	}
	id := pathID(c)
	if err := g.admits(id); err != nil {
		return err
	}
	if err := s.may(g.channel.meters.returns, id); err != nil {
		return err
	}
	conv, err := s.find(c, g, id)
	if err != nil {
		return err
	}
	after, given, err := s.watermark(c, conv)
	if err != nil {
		return err
	}
	if !given {
		after = conv.Number
	}
	if !websocket.IsWebSocketUpgrade(c.Request) {
		return badArgument("a stream is a WebSocket")
	}
	if s.hub.streams(id) >= maxStreams {
		return tooManyStreams()
	}
	base := s.base(c.Request)
	conn, err := s.upgrader.Upgrade(c.Writer, c.Request, nil)
	if err != nil {
		return nil // answered by the upgrader
	}
	// The handler returns and the socket lives on by itself, so that nothing
	// of the request is kept in memory.
	s.run(conn, conv, base, after)
	return nil
}

// streamGrant takes a token from the address, since a browser can't set the
// headers of a WebSocket, or from the header. A secret has no place in an
// address, and none here.
func (s *Server) streamGrant(c *gin.Context) (grant, error) {
	if token := c.Query("t"); token != "" {
		return s.tokenGrant(c.Request, token)
	}
	g, err := s.grant(c.Request)
	if err == nil && g.token == nil {
		return grant{}, &fault{http.StatusForbidden, codeForbidden, "a stream needs a token, not a secret"}
	}
	return g, err
}

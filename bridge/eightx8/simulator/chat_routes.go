package simulator

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
)

// chatRoutes are the paths of the Chat API v2, below /vcc/{region}/chat/v2.
func (s *Simulator) chatRoutes(g *gin.RouterGroup) {
	plain := chatStyle()

	// The public key is for anyone who gets a webhook: no token is asked for.
	g.GET("/jwk/:kid/public", s.call(chatKeyStyle(), s.getPublicKey))

	g = g.Group("/tenant/:tenant", s.checkToken, s.checkPathTenant)
	s.setUpRoutes(g, chatDialect(), "/web-hooks", plain, chatDetailedStyle())

	g.GET("/conversations", s.call(plain, s.chatListConversations))
	g.POST("/conversations", s.call(plain, s.chatCreateConversation))
	g.GET("/conversations/:id", s.call(plain, s.chatGetConversation))
	g.GET("/conversations/:id/participants", s.call(plain, s.chatListParticipants))
	g.DELETE("/conversations/:id/participants/customer", s.call(plain, s.chatLeave))
	g.GET("/conversations/:id/messages", s.call(plain, s.chatListMessages))
	g.POST("/conversations/:id/messages", s.call(plain, s.chatSendMessage))
}

// checkRegion lets calls pass that name the region of this contact centre.
func (s *Simulator) checkRegion(c *gin.Context) {
	if region := c.Param("region"); region != s.opt.Region {
		m := missing{kind: "Region", id: region}
		writeJSON(c.Writer, http.StatusNotFound, problemType, missingAsStrings(m))
		c.Abort()
	}
}

// checkToken lets nobody in without a token that is still good.
func (s *Simulator) checkToken(c *gin.Context) {
	s.mu.Lock()
	valid := s.tokens.valid(bearer(c.Request), s.opt.Clock.Now())
	s.mu.Unlock()
	if !valid {
		writeJSON(c.Writer, http.StatusUnauthorized, problemType, badToken())
		c.Abort()
	}
}

// checkPathTenant refuses calls for another tenant.
func (s *Simulator) checkPathTenant(c *gin.Context) {
	if tenant := c.Param("tenant"); tenant != s.opt.Tenant {
		reason := fmt.Sprintf("Tenant %s does not belong to customer %s.", tenant, s.opt.Customer)
		writeJSON(c.Writer, http.StatusForbidden, problemType, forbidden(reason))
		c.Abort()
	}
}

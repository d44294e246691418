package simulator

import (
	"crypto/subtle"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
)

// routes are 8x8's paths and the control API.
func (s *Simulator) routes() http.Handler {
	gin.SetMode(gin.ReleaseMode) // or gin prints its routes on stdout
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.HandleMethodNotAllowed = true
	e.NoRoute(func(c *gin.Context) {
		m := missing{kind: "Path", id: c.Request.URL.Path}
		writeJSON(c.Writer, http.StatusNotFound, problemType, missingAsStrings(m))
	})
	e.NoMethod(func(c *gin.Context) {
		message := fmt.Sprintf("Method %s is not supported here.", c.Request.Method)
		writeJSON(c.Writer, http.StatusMethodNotAllowed, problemType, general("method_not_allowed", message, ""))
	})
	s.gatewayRoutes(e.Group(gatewayPath, s.checkTenant))
	e.POST(tokenPath, s.issueToken)
	s.chatRoutes(e.Group(chatPath+"/:region/chat/v2", s.checkRegion))
	s.cardRoutes(e.Group(cardActionPath+"/:tenant", s.checkTenant, s.checkKey, s.checkCardTenant))
	e.GET(preSignedPath+"/:id/:attachmentId", s.call(generalStyle(), s.download))
	s.controlRoutes(e.Group(controlPath, s.checkControlToken))
	return e
}

func (s *Simulator) gatewayRoutes(g *gin.RouterGroup) {
	plain, objects, message, indicator := generalStyle(), objectsStyle(), messageStyle(), indicatorStyle()

	// The public key is for anyone who gets a webhook: no API key is asked for.
	g.GET("/jwk/:kid/public", s.call(plain, s.getPublicKey))

	g = g.Group("", s.checkKey)
	s.setUpRoutes(g, gatewayDialect(), "/webhooks", plain, plain)

	g.GET("/conversations", s.call(plain, s.listConversations))
	g.POST("/conversations", s.call(plain, s.createConversation))
	g.GET("/conversations/:id", s.call(plain, s.getConversation))
	g.PUT("/conversations/:id", s.call(plain, s.putConversation))
	g.PATCH("/conversations/:id", s.call(plain, s.patchConversation))
	g.GET("/conversations/:id/interactions", s.call(plain, s.listInteractions))
	g.GET("/conversations/:id/participants", s.call(objects, s.listParticipants))
	g.PATCH("/conversations/:id/participants/user", s.call(plain, s.removeUser))
	g.GET("/conversations/:id/messages", s.call(objects, s.listMessages))
	g.POST("/conversations/:id/messages", s.call(message, s.sendMessage))
	g.GET("/conversations/:id/messages/:messageId", s.call(plain, s.getMessage))
	g.GET("/conversations/:id/messages/:messageId/cards", s.call(objects, s.listCards))
	g.GET("/conversations/:id/attachments", s.call(plain, s.listAttachments))
	g.POST("/conversations/:id/attachments", s.call(plain, s.upload))
	g.GET("/conversations/:id/attachments/:attachmentId", s.call(plain, s.getAttachment))
	g.GET("/conversations/:id/attachments/:attachmentId/content", s.call(plain, s.download))
	g.POST("/conversations/:id/typing", s.call(indicator, s.sendTyping))
	g.POST("/conversations/:id/thinking", s.call(indicator, s.sendThinking))
	g.POST("/conversations/:id/read-receipt", s.call(indicator, s.sendReadReceipt))
	g.POST("/conversations/:id/post-agent-assignment", s.call(indicator, s.assignAfterAgent))
}

// setUpRoutes are those of webhooks and channels, which the dialects have alike
// but for the first's path and how they refuse a new channel.
func (s *Simulator) setUpRoutes(g *gin.RouterGroup, d dialect, webhooks string, plain, newChannel style) {
	g.GET(webhooks, s.call(plain, s.listWebhooks(d)))
	g.POST(webhooks, s.call(plain, s.createWebhook(d)))
	g.POST(webhooks+"/verify", s.verifyWebhook(plain))
	g.GET(webhooks+"/:id", s.call(plain, s.getWebhook(d)))
	g.PUT(webhooks+"/:id", s.call(plain, s.putWebhook(d)))
	g.DELETE(webhooks+"/:id", s.call(plain, s.deleteWebhook(d)))

	g.GET("/channels", s.call(plain, s.listChannels(d)))
	g.POST("/channels", s.call(newChannel, s.createChannel(d)))
	g.GET("/channels/:id", s.call(plain, s.getChannel(d)))
	g.PUT("/channels/:id", s.call(plain, s.putChannel(d)))
	g.DELETE("/channels/:id", s.call(plain, s.deleteChannel(d)))
}

// checkKey lets nobody in without one of the API keys.
func (s *Simulator) checkKey(c *gin.Context) {
	given := []byte(c.GetHeader("x-api-key"))
	for _, key := range s.opt.APIKeys {
		if subtle.ConstantTimeCompare(given, []byte(key)) == 1 {
			return
		}
	}
	writeJSON(c.Writer, http.StatusUnauthorized, problemType, unauthorized(s.reference()))
	c.Abort()
}

// checkTenant refuses calls for another tenant.
func (s *Simulator) checkTenant(c *gin.Context) {
	tenant := c.GetHeader("X-8x8-Tenant")
	if tenant == s.opt.Tenant || (tenant == "" && !s.opt.TenantRequired) {
		return
	}
	reason := fmt.Sprintf("Header X-8x8-Tenant doesn't match tenant information for customerId=%s", s.opt.Customer)
	writeJSON(c.Writer, http.StatusForbidden, problemType, forbidden(reason))
	c.Abort()
}

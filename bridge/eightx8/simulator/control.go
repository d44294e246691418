package simulator

import (
	"crypto/subtle"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
)

// controlRoutes is the simulator's own API: what a person at the contact
// centre, or a test, sees and does.
func (s *Simulator) controlRoutes(g *gin.RouterGroup) {
	g.GET("/state", s.control(s.showState))

	g.GET("/queues", s.control(s.showQueues))
	g.POST("/queues", s.control(s.makeQueue))

	g.GET("/agents", s.control(s.showAgents))
	g.POST("/agents", s.control(s.makeAgent))
	g.GET("/agents/:id", s.control(s.showAgent))
	g.PATCH("/agents/:id", s.control(s.changeAgent))
	g.POST("/agents/:id/accept", s.control(s.agentAccepts))
	g.POST("/agents/:id/decline", s.control(s.agentDeclines))
	g.POST("/agents/:id/say", s.control(s.agentSays))
	g.POST("/agents/:id/card", s.control(s.agentSendsCard))
	g.POST("/agents/:id/attach", s.control(s.agentAttaches))
	g.POST("/agents/:id/invite", s.control(s.agentInvites))
	g.POST("/agents/:id/typing", s.control(s.agentTypes))
	g.POST("/agents/:id/transfer", s.control(s.agentTransfers))
	g.POST("/agents/:id/leave", s.control(s.agentLeaves))

	g.GET("/customers", s.control(s.showCustomers))
	g.POST("/customers", s.control(s.makeCustomer))
	g.GET("/customers/:id", s.control(s.showOneCustomer))
	g.POST("/customers/:id/say", s.control(s.byCustomer(s.customerSays)))
	g.POST("/customers/:id/press", s.control(s.byCustomer(s.customerPresses)))
	g.POST("/customers/:id/attach", s.control(s.byCustomer(s.customerAttaches)))
	g.POST("/customers/:id/typing", s.control(s.byCustomer(s.customerTypes)))
	g.POST("/customers/:id/read", s.control(s.byCustomer(s.customerReads)))
	g.POST("/customers/:id/leave", s.control(s.byCustomer(s.customerLeaves)))

	g.GET("/conversations", s.control(s.showTickets))
	g.GET("/conversations/:id", s.control(s.showTicket))

	g.GET("/requests", s.control(s.showCalls))
	g.DELETE("/requests", s.control(s.forgetCalls))
	g.GET("/events", s.control(s.showEvents))

	g.DELETE("/tokens", s.control(s.expireTokens))

	g.GET("/faults", s.control(s.showFaults))
	g.PUT("/faults", s.control(s.setFaults))
	g.DELETE("/faults", s.control(s.clearFaults))
}

// controlError is the body of every refusal of the control API.
type controlError struct {
	Error problemError `json:"error"`
}

// control serves an endpoint of the control API.
func (s *Simulator) control(e endpoint) gin.HandlerFunc {
	return func(c *gin.Context) {
		a, body, err := s.carryOut(c, jsonType, e)
		if err != nil {
			status, problem := controlRefusal(err)
			writeJSON(c.Writer, status, jsonType, controlError{Error: problem})
			return
		}
		write(c.Writer, a.status, a.contentType, body)
	}
}

func controlRefusal(err error) (int, problemError) {
	var (
		refused violations
		absent  missing
		clash   conflict
		large   tooLarge
	)
	switch {
	case errors.As(err, &refused):
		return http.StatusBadRequest, problemError{Code: refused[0].Code, Message: refused.Error()}
	case errors.As(err, &absent):
		return http.StatusNotFound, problemError{Code: "not_found", Message: absent.Error()}
	case errors.As(err, &clash):
		return http.StatusConflict, problemError{Code: clash.code, Message: clash.message}
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, problemError{Code: "request_too_large", Message: err.Error()}
	default:
		return http.StatusInternalServerError, problemError{Code: "internal_error", Message: err.Error()}
	}
}

// checkControlToken asks for the token, if there is one.
func (s *Simulator) checkControlToken(c *gin.Context) {
	want := []byte("Bearer " + s.opt.ControlToken)
	given := []byte(c.GetHeader("Authorization"))
	if s.opt.ControlToken == "" || subtle.ConstantTimeCompare(given, want) == 1 {
		return
	}
	writeJSON(c.Writer, http.StatusUnauthorized, jsonType, controlError{Error: problemError{
		Code: "unauthorized", Message: "Send the control token as \"Authorization: Bearer TOKEN\".",
	}})
	c.Abort()
}

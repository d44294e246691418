package ops

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// healthy answers whoever asks whether the process serves.
func (s *server) healthy(c *gin.Context) {
	writeJSON(c.Writer, http.StatusOK, struct {
		Status string `json:"status"`
	}{"ok"})
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready   bool     `json:"ready"`
	Reasons []string `json:"reasons"`
}

// ready answers whoever asks whether to send customers here.
func (s *server) ready(c *gin.Context) {
	reasons := s.Ready(c.Request.Context())
	status := http.StatusOK
	if len(reasons) > 0 {
		status = http.StatusServiceUnavailable
	} else {
		reasons = []string{}
	}
	writeJSON(c.Writer, status, readiness{Ready: len(reasons) == 0, Reasons: reasons})
}

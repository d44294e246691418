package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// verification is the unsigned event by which 8x8 tries an address.
type verification struct {
	NotificationVersion string `json:"notificationVersion"`
	EventType           string `json:"eventType"`
}

// verifyWebhook posts to the address while the caller waits, and so without
// the lock.
func (s *Simulator) verifyWebhook(style style) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := s.tryWebhook(c); err != nil {
			status, problem := style.render(err, s.reference())
			writeJSON(c.Writer, status, problemType, problem)
			return
		}
		write(c.Writer, http.StatusNoContent, "", nil)
	}
}

func (s *Simulator) tryWebhook(c *gin.Context) error {
	r, err := s.read(c)
	if err != nil {
		return err
	}
	var req struct {
		Version string `json:"version"`
		URI     string `json:"uri"`
	}
	if err := r.decode(&req); err != nil {
		return err
	}
	var v violations
	v.require("version", req.Version)
	if req.Version != "" && !slices.Contains([]string{gatewayVersion, oldChatVersion, chatVersion}, req.Version) {
		v.add("version", req.Version, "invalid_version", "Version %s is not supported.", req.Version)
	}
	checkURI(&v, req.URI)
	if err := v.err(); err != nil {
		return err
	}
	body, err := json.Marshal(verification{NotificationVersion: req.Version, EventType: eventVerify})
	if err != nil {
		return fmt.Errorf("encode verification: %w", err)
	}
	if _, err := s.post(c.Request.Context(), req.URI, body, nil); err != nil {
		return refuse("uri", req.URI, "webhook_not_reachable", "The webhook at %s was not verified: %v.", req.URI, err)
	}
	return nil
}

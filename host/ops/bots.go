package ops

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Bot is how a configured bot is.
type Bot struct {
	Name string `json:"name"`
	// State is a word of the supervisor's: starting, ready, draining, stopped
	// or failed; Since is when it began.
	State string    `json:"state"`
	Since time.Time `json:"since"`
	// Version as the bot describes itself; empty: it never was ready.
	Version string `json:"version"`
	// PID of its process; 0: none runs.
	PID int `json:"pid"`
	// Restarts counts how often it was started again.
	Restarts int `json:"restarts"`
	// LastError is why the last start or process failed; empty: it is ready.
	LastError string `json:"last_error"`
	// Log is the last that it logged, oldest first.
	Log []string `json:"log"`
}

func (s *server) listBots(c *gin.Context) {
	list := []Bot{}
	for _, one := range s.Bots() {
		one.Since = one.Since.UTC()
		if one.Log == nil {
			one.Log = []string{}
		}
		list = append(list, one)
	}
	writeJSON(c.Writer, http.StatusOK, struct {
		Bots []Bot `json:"bots"`
	}{list})
}

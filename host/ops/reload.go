package ops

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

// Reload is what came of reading the configuration again.
type Reload struct {
	// Applied: the host goes by the file. Otherwise nothing has changed, and
	// Problems say why.
	Applied  bool     `json:"applied"`
	Problems []string `json:"problems"`
	// Changed are the keys of what is new, other or gone.
	Changed []string `json:"changed"`
	// NeedsRestart are the keys of what is other, and stays as it was until
	// the next start.
	NeedsRestart []string `json:"needs_restart"`
	Warnings     []string `json:"warnings"`
}

// reload has the host read its configuration again, to the end even if the
// caller goes away. What is wrong with the file is answered with 422.
func (s *server) reload(c *gin.Context) {
	done := s.Reload(context.WithoutCancel(c.Request.Context()))
	for _, list := range []*[]string{&done.Problems, &done.Changed, &done.NeedsRestart, &done.Warnings} {
		if *list == nil {
			*list = []string{}
		}
	}
	status := http.StatusOK
	if !done.Applied {
		status = http.StatusUnprocessableEntity
	}
	writeJSON(c.Writer, status, done)
}

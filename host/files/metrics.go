package files

import (
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// newMetrics makes what counts calls once they are answered; a nil registry
// leaves the counts unseen.
func newMetrics(registry prometheus.Registerer) (gin.HandlerFunc, error) {
	calls := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "patchbay_files_calls_total",
		Help: "Calls for files answered, by status.",
	}, []string{"status"})
	if registry != nil {
		if err := registry.Register(calls); err != nil {
			return nil, fmt.Errorf("files: register metrics: %w", err)
		}
	}
	return func(c *gin.Context) {
		c.Next()
		calls.WithLabelValues(strconv.Itoa(c.Writer.Status())).Inc()
	}, nil
}

package directline

import (
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts what the line does.
type metrics struct {
	calls  *prometheus.CounterVec
	posted prometheus.Counter
	shown  prometheus.Counter
}

// newMetrics registers the metrics; a nil registry leaves them unseen.
func newMetrics(registry prometheus.Registerer, hub *Hub) (*metrics, error) {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "patchbay_directline_calls_total",
			Help: "Direct Line calls answered, by call and status.",
		}, []string{"call", "status"}),
		posted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "patchbay_directline_activities_posted_total",
			Help: "Activities of customers made durable, repeats included.",
		}),
		shown: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "patchbay_directline_activities_shown_total",
			Help: "Activities written to customers, once for each reader.",
		}),
	}
	if registry == nil {
		return m, nil
	}
	streams := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "patchbay_directline_streams",
		Help: "Open streams.",
	}, func() float64 { return float64(hub.open()) })
	for _, c := range []prometheus.Collector{m.calls, m.posted, m.shown, streams} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// count counts a call once it is answered.
func (s *Server) count(c *gin.Context) {
	c.Next()
	call := "none"
	if path := c.FullPath(); path != "" {
		call = c.Request.Method + " " + path
	}
	s.metrics.calls.WithLabelValues(call, strconv.Itoa(c.Writer.Status())).Inc()
}

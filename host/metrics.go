package host

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/host/supervisor"
)

// newRegistry is where all metrics of this host are.
func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

// measureEngine shows what the engine counts.
func measureEngine(registry *prometheus.Registry, stats func() bridge.Stats) {
	for name, m := range map[string]struct {
		help  string
		value func(bridge.Stats) int64
	}{
		"journal_entries_total":      {"Entries added to journals.", func(s bridge.Stats) int64 { return s.Entries }},
		"turns_total":                {"Turns put to bots, attempts counted singly.", func(s bridge.Stats) int64 { return s.Turns }},
		"turns_failed_total":         {"Attempts of turns that ended badly.", func(s bridge.Stats) int64 { return s.FailedTurns }},
		"stale_replies_total":        {"Replies of bots refused because they came too late.", func(s bridge.Stats) int64 { return s.StaleReplies }},
		"handoffs_total":             {"Handoffs to a queue.", func(s bridge.Stats) int64 { return s.Handoffs }},
		"returns_total":              {"Conversations back in the queue without a handoff.", func(s bridge.Stats) int64 { return s.Returns }},
		"handbacks_total":            {"Conversations given back after the agents.", func(s bridge.Stats) int64 { return s.Handbacks }},
		"failbacks_total":            {"Conversations back from the queue at a bot whose failure had led there.", func(s bridge.Stats) int64 { return s.Failbacks }},
		"parked_events_total":        {"Events of the desk that had to wait for their ticket.", func(s bridge.Stats) int64 { return s.ParkedEvents }},
		"conversations_erased_total": {"Conversations erased, by age or by order.", func(s bridge.Stats) int64 { return s.Erased }},
		"desk_errors_total":          {"Calls to desks that failed.", func(s bridge.Stats) int64 { return s.DeskErrors }},
	} {
		registry.MustRegister(prometheus.NewCounterFunc(
			prometheus.CounterOpts{Namespace: "patchbay", Name: name, Help: m.help},
			func() float64 { return float64(m.value(stats())) },
		))
	}
}

// measureStore shows whether the store takes anything in.
func measureStore(registry *prometheus.Registry, unwritable func() error) {
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "patchbay", Name: "store_writable", Help: "Whether the store can be written.",
	}, func() float64 {
		if unwritable() != nil {
			return 0
		}
		return 1
	}))
}

// botMetrics show how the bots are that are configured now.
type botMetrics struct{ *supervisor.Supervisor }

// What is shown of each bot.
var (
	botReady    = prometheus.NewDesc("patchbay_bot_ready", "Whether the bot takes turns.", []string{"bot"}, nil)
	botRestarts = prometheus.NewDesc("patchbay_bot_restarts_total", "How often the bot was started again.", []string{"bot"}, nil)
)

// Describe is part of [prometheus.Collector].
func (b botMetrics) Describe(descs chan<- *prometheus.Desc) {
	descs <- botReady
	descs <- botRestarts
}

// Collect is part of [prometheus.Collector].
func (b botMetrics) Collect(metrics chan<- prometheus.Metric) {
	for _, s := range b.Status() {
		ready := 0.0
		if s.State == supervisor.StateReady {
			ready = 1
		}
		metrics <- prometheus.MustNewConstMetric(botReady, prometheus.GaugeValue, ready, s.Name)
		metrics <- prometheus.MustNewConstMetric(botRestarts, prometheus.CounterValue, float64(s.Restarts()), s.Name)
	}
}

// reloads count how often the configuration was read again.
type reloads struct {
	*prometheus.CounterVec
	last prometheus.Gauge
}

func newReloads() *reloads {
	r := &reloads{
		prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "patchbay", Name: "reloads_total", Help: "How often the configuration was read again, by what came of it.",
		}, []string{"result"}),
		prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "patchbay", Name: "reload_ok", Help: "Whether the host goes by the configuration that it read last.",
		}),
	}
	for _, result := range []string{"applied", "refused"} {
		r.WithLabelValues(result)
	}
	r.last.Set(1)
	return r
}

// Describe is part of [prometheus.Collector].
func (r *reloads) Describe(descs chan<- *prometheus.Desc) {
	r.CounterVec.Describe(descs)
	r.last.Describe(descs)
}

// Collect is part of [prometheus.Collector].
func (r *reloads) Collect(metrics chan<- prometheus.Metric) {
	r.CounterVec.Collect(metrics)
	r.last.Collect(metrics)
}

func (r *reloads) count(applied bool) {
	if applied {
		r.WithLabelValues("applied").Inc()
		r.last.Set(1)
		return
	}
	r.WithLabelValues("refused").Inc()
	r.last.Set(0)
}

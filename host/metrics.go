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
		"journal_entries_total": {"Entries added to journals.", func(s bridge.Stats) int64 { return s.Entries }},
		"turns_total":           {"Turns put to bots, attempts counted singly.", func(s bridge.Stats) int64 { return s.Turns }},
		"turns_failed_total":    {"Attempts of turns that ended badly.", func(s bridge.Stats) int64 { return s.FailedTurns }},
		"stale_replies_total":   {"Replies of bots refused because they came too late.", func(s bridge.Stats) int64 { return s.StaleReplies }},
		"handoffs_total":        {"Handoffs to a queue.", func(s bridge.Stats) int64 { return s.Handoffs }},
		"returns_total":         {"Conversations back in the queue without a handoff.", func(s bridge.Stats) int64 { return s.Returns }},
		"handbacks_total":       {"Conversations given back after the agents.", func(s bridge.Stats) int64 { return s.Handbacks }},
		"failbacks_total":       {"Conversations back from the queue at a bot whose failure had led there.", func(s bridge.Stats) int64 { return s.Failbacks }},
		"parked_events_total":   {"Events of the desk that had to wait for their ticket.", func(s bridge.Stats) int64 { return s.ParkedEvents }},
		"desk_errors_total":     {"Calls to desks that failed.", func(s bridge.Stats) int64 { return s.DeskErrors }},
	} {
		registry.MustRegister(prometheus.NewCounterFunc(
			prometheus.CounterOpts{Namespace: "patchbay", Name: name, Help: m.help},
			func() float64 { return float64(m.value(stats())) },
		))
	}
}

// measureBots shows how the bots are.
func measureBots(registry *prometheus.Registry, s *supervisor.Supervisor) {
	for _, b := range s.Status() {
		labels := prometheus.Labels{"bot": b.Name}
		status := func() supervisor.Status {
			for _, now := range s.Status() {
				if now.Name == b.Name {
					return now
				}
			}
			return supervisor.Status{}
		}
		registry.MustRegister(
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Namespace: "patchbay", Name: "bot_ready", Help: "Whether the bot takes turns.", ConstLabels: labels,
			}, func() float64 {
				if status().State == supervisor.StateReady {
					return 1
				}
				return 0
			}),
			prometheus.NewCounterFunc(prometheus.CounterOpts{
				Namespace: "patchbay", Name: "bot_restarts_total", Help: "How often the bot was started again.", ConstLabels: labels,
			}, func() float64 { return float64(status().Restarts()) }),
		)
	}
}

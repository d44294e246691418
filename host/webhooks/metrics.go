package webhooks

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
)

// Outcome is what became of a webhook, as it is counted.
type Outcome string

// The outcomes.
const (
	Recorded   Outcome = "recorded"    // durable, now or before; or an event without effect, kept for the record
	Passed     Outcome = "passed"      // typing, which is not kept
	Nothing    Outcome = "nothing"     // nothing to take in: a WEB_HOOK_VERIFY
	NotOurs    Outcome = "not_ours"    // of a conversation that there is not
	Unsigned   Outcome = "unsigned"    // or signed by somebody else, or for somebody else
	Stale      Outcome = "stale"       // sent too long ago
	Broken     Outcome = "broken"      // not an event
	TooLarge   Outcome = "too_large"   // over 1 MiB
	NoRoute    Outcome = "no_route"    // no such desk or channel
	NoKey      Outcome = "no_key"      // the public key cannot be had
	NotDurable Outcome = "not_durable" // the engine could not keep it
	Failed     Outcome = "failed"      // our own fault
)

// typingEvent is the event's label for typing, which is no event of the rules.
const typingEvent = "typing"

type metrics struct{ webhooks *prometheus.CounterVec }

// newMetrics registers the metrics; a nil registry leaves them unseen.
func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "patchbay_webhooks_total",
		Help: "Webhooks by desk, by what became of them, and by event (empty if it was not read).",
	}, []string{"desk", "outcome", "event"})}
	if registry == nil {
		return m, nil
	}
	return m, registry.Register(m.webhooks)
}

func (m *metrics) count(desk string, r result) {
	m.webhooks.WithLabelValues(desk, string(r.outcome), r.event).Inc()
}

// eventName is an event's label: one of the kinds that there are.
func eventName(kind lifecycle.EventKind) string {
	switch kind {
	case lifecycle.EventStarted, lifecycle.EventSaid, lifecycle.EventActed, lifecycle.EventLeft,
		lifecycle.EventTicket, lifecycle.EventQueued, lifecycle.EventJoined, lifecycle.EventAgentLeft,
		lifecycle.EventAgentSaid, lifecycle.EventTransferred, lifecycle.EventNoted:
		return string(kind)
	}
	return "other"
}

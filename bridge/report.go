package bridge

import "github.com/patchbay-host/patchbay/bridge/lifecycle"

// report logs the failures that the rules alone have noticed. Those of bots
// and desks are logged where they happen.
func (k *keeper) report(entries []lifecycle.Entry) {
	for _, e := range entries {
		switch {
		case e.Kind == lifecycle.EntryFailed && e.Turn == "":
			k.e.log.Warn("turn not put", "conversation", k.id, "bot", e.Name, "entry", e.Number, "err", e.Detail)
		case e.Kind == lifecycle.EntryStatus && e.Status == lifecycle.StatusRefused:
			k.e.log.Info("handoff refused", "conversation", k.id, "entry", e.Number, "err", e.Detail)
		case e.Kind == lifecycle.EntryStatus && e.Status == lifecycle.StatusFailed:
			k.e.log.Info("handoff failed", "conversation", k.id, "entry", e.Number, "err", e.Detail)
		}
	}
}

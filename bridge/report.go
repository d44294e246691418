package bridge

import (
	"strings"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// report logs what the rules alone have noticed: failures, and what does not
// go as it was meant. Failures of bots and desks are logged where they happen.
func (k *keeper) report(entries []lifecycle.Entry) {
	for _, e := range entries {
		switch {
		case e.Kind == lifecycle.EntryFailed && e.Turn == "":
			k.e.log.Warn("turn not put", "conversation", k.id, "bot", e.Name, "entry", e.Number, "err", e.Detail)
		case e.Kind == lifecycle.EntrySaid && e.Author == bot.AuthorBot && e.Detail != "":
			k.e.log.Info("message shown otherwise", "conversation", k.id, "bot", e.Name, "entry", e.Number, "err", e.Detail)
		case e.Handoff != nil && len(e.Handoff.LeftOut) > 0:
			k.e.log.Info("handoff without what the desk cannot carry", "conversation", k.id, "entry", e.Number,
				"err", strings.Join(e.Handoff.LeftOut, "; "))
		case e.Kind == lifecycle.EntryStatus && e.Status == lifecycle.StatusRefused:
			k.e.log.Info("handoff refused", "conversation", k.id, "entry", e.Number, "err", e.Detail)
		case e.Kind == lifecycle.EntryStatus && e.Status == lifecycle.StatusFailed:
			k.e.log.Info("handoff failed", "conversation", k.id, "entry", e.Number, "err", e.Detail)
		}
	}
}

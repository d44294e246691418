package host

import (
	"maps"
	"slices"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/host/config"
)

// WantedOf are the channels and webhooks that a configuration wants at a desk,
// by name of the desk. Each channel of ours has a webhook of its own.
func WantedOf(cfg *config.Config, desk string) []eightx8.Wanted {
	var wanted []eightx8.Wanted
	for _, name := range slices.Sorted(maps.Keys(cfg.Channels)) {
		c := cfg.Channels[name]
		if c.Desk != desk {
			continue
		}
		want := eightx8.Wanted{
			Channel: c.DeskChannel, Digital: c.Line == config.EightXLine,
			Webhook: "Patchbay " + name, URI: cfg.PublicURL + "/8x8/" + desk + "/" + name,
		}
		first := want
		first.Queue = c.Handoff.Targets[config.DefaultTarget].Queue
		wanted = append(wanted, first)
		for _, target := range slices.Sorted(maps.Keys(c.Handoff.Targets)) {
			also := want
			also.Channel = c.Handoff.Targets[target].Channel
			known := func(w eightx8.Wanted) bool { return w.Channel == also.Channel }
			if also.Channel != "" && !slices.ContainsFunc(wanted, known) {
				wanted = append(wanted, also)
			}
		}
	}
	return wanted
}

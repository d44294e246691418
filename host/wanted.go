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
			Webhook: "Patchbay " + name, URI: webhookURI(cfg, desk, name),
		}
		want.Queue = queueOf(c, c.DeskChannel)
		wanted = append(wanted, want)
		for _, target := range slices.Sorted(maps.Keys(c.Handoff.Targets)) {
			also := want
			also.Channel = c.Handoff.Targets[target].Channel
			also.Queue = queueOf(c, also.Channel)
			if also.Channel != "" && also.Channel != c.DeskChannel {
				wanted = append(wanted, also)
			}
		}
	}
	return wanted
}

// queueOf is the queue that a channel at 8x8 is to have for a channel of ours:
// of the desk channel that of the default target, else that of a target which
// names the channel; empty: any.
func queueOf(c config.Channel, channel string) string {
	if t := c.Handoff.Targets[config.DefaultTarget]; channel == c.DeskChannel && t.Channel == "" {
		return t.Queue
	}
	for _, name := range slices.Sorted(maps.Keys(c.Handoff.Targets)) {
		if t := c.Handoff.Targets[name]; t.Channel == channel && t.Queue != "" {
			return t.Queue
		}
	}
	return ""
}

// webhookURI is the address that 8x8 sends a channel's events to.
func webhookURI(cfg *config.Config, desk, channel string) string {
	return cfg.PublicURL + "/8x8/" + desk + "/" + channel
}

// ClaimsOf is what a configuration takes for granted at a desk, by name of the
// desk: by channels, in order of their names.
func ClaimsOf(cfg *config.Config, desk string) (channels []string, claims []eightx8.Claim) {
	for _, name := range slices.Sorted(maps.Keys(cfg.Channels)) {
		c := cfg.Channels[name]
		if c.Desk != desk {
			continue
		}
		claim := eightx8.Claim{
			Channel: c.DeskChannel, Queue: queueOf(c, c.DeskChannel), Digital: c.Line == config.EightXLine,
			URI: webhookURI(cfg, desk, name),
		}
		for _, target := range slices.Sorted(maps.Keys(c.Handoff.Targets)) {
			t := c.Handoff.Targets[target]
			claim.Targets = append(claim.Targets, eightx8.TargetClaim{
				Name: target, Queue: t.Queue, Script: t.Script, Channel: t.Channel,
			})
		}
		channels, claims = append(channels, name), append(claims, claim)
	}
	return channels, claims
}

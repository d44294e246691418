package host

import (
	"cmp"
	"net/netip"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/directline"
)

// channelsOf are the channels of a configuration, as the rules need them.
// Desks by name tell what they can do.
func channelsOf(cfg *config.Config, can func(desk string) lifecycle.Capabilities) map[string]lifecycle.Channel {
	channels := map[string]lifecycle.Channel{}
	for name, c := range cfg.Channels {
		ch := lifecycle.Channel{
			Name: name, Bot: c.Bot, SurveyBot: c.SurveyBot,
			Desk: c.Desk, DeskChannel: c.DeskChannel, DeskLine: c.Line == config.EightXLine,
			Greet: c.Greet, Language: c.Language,
			Targets: targetsOf(c), Hours: hoursOf(c.Handoff.Hours), CancelWords: c.Handoff.CancelWords,
			NoAgentAfter: c.Handoff.NoAgentAfter, TransferGrace: c.Handoff.TransferGrace,
			SilentTicket: c.Handoff.SilentTicket, Inactivity: c.Inactivity, Keep: c.Keep,
			Debounce: c.Debounce, TurnDeadline: cfg.Bots[c.Bot].TurnDeadline,
			SurveyDeadline: cfg.Bots[c.SurveyBot].TurnDeadline,
			OnFailure:      lifecycle.Holder(c.OnFailure), Failback: c.Failback, AfterAgent: lifecycle.Holder(c.AfterAgent),
			OnReturn: lifecycle.Holder(c.OnReturn),
			Texts:    textsOf(c.Texts), LineCan: directLineCan(),
		}
		if c.Desk != "" {
			ch.DeskCan = can(c.Desk)
		}
		if ch.DeskLine { // the customers see what the desk's tickets show
			ch.LineCan = ch.DeskCan
		}
		channels[name] = ch
	}
	return channels
}

// targetsOf are where a channel's handoffs go. A ticket is opened on the desk
// channel unless the target has a channel of its own.
func targetsOf(c config.Channel) map[string]lifecycle.Target {
	targets := map[string]lifecycle.Target{}
	for name, t := range c.Handoff.Targets {
		target := lifecycle.Target{Queue: t.Queue, Script: t.Script, DeskChannel: cmp.Or(t.Channel, c.DeskChannel)}
		if t.Channel != "" { // it has its queue at 8x8
			target.Queue = ""
		}
		targets[name] = target
	}
	return targets
}

// textsOf are what the host says to customers, those that it does say.
func textsOf(t config.Texts) map[lifecycle.Text]map[string]string {
	texts := map[lifecycle.Text]map[string]string{}
	for name, text := range map[lifecycle.Text]config.Text{
		lifecycle.Text(lifecycle.StatusRequested):   t.Requested,
		lifecycle.Text(lifecycle.StatusDelayed):     t.Delayed,
		lifecycle.Text(lifecycle.StatusQueued):      t.Queued,
		lifecycle.Text(lifecycle.StatusJoined):      t.Joined,
		lifecycle.Text(lifecycle.StatusTransferred): t.Transferred,
		lifecycle.Text(lifecycle.StatusAgentLeft):   t.AgentLeft,
		lifecycle.Text(lifecycle.StatusRefused):     t.Refused,
		lifecycle.Text(lifecycle.StatusFailed):      t.Failed,
		lifecycle.Text(lifecycle.StatusCancelled):   t.Cancelled,
		lifecycle.Text(lifecycle.StatusWithdrawn):   t.Withdrawn,
		lifecycle.Text(lifecycle.StatusCompleted):   t.Completed,
		lifecycle.TextBotFailed:                     t.BotFailed,
		lifecycle.TextInactive:                      t.Inactive,
	} {
		if len(text) > 0 {
			texts[name] = text
		}
	}
	return texts
}

// directLineCan is what Direct Line clients show.
func directLineCan() lifecycle.Capabilities {
	return lifecycle.Capabilities{
		Cards:        []string{"application/vnd.microsoft.card.adaptive"},
		QuickReplies: true, Attachments: true, Links: true, Typing: true,
	}
}

func hoursOf(h *config.Hours) *lifecycle.Hours {
	if h == nil {
		return nil
	}
	hours := &lifecycle.Hours{Location: h.Timezone.Location}
	for day, spans := range h.Weekly {
		for _, span := range spans {
			hours.Weekly[day] = append(hours.Weekly[day], lifecycle.Span(span))
		}
	}
	for _, date := range h.Closed {
		hours.Closed = append(hours.Closed, lifecycle.Date(date))
	}
	return hours
}

// linesOf are the lines by channel. An 8x8 line has none: what its customers
// are told goes by the desk.
func linesOf(cfg *config.Config, hub bridge.Line) map[string]bridge.Line {
	lines := map[string]bridge.Line{}
	for name, c := range cfg.Channels {
		if c.Line == config.DirectLine {
			lines[name] = hub
		}
	}
	return lines
}

// proxiesOf are the networks of the operator's proxies.
func proxiesOf(cfg *config.Config) []netip.Prefix {
	var networks []netip.Prefix
	for _, proxy := range cfg.TrustedProxies {
		networks = append(networks, proxy.Prefix)
	}
	return networks
}

// customersOf are the channels of the Direct Line.
func customersOf(cfg *config.Config) []directline.Channel {
	var channels []directline.Channel
	for name, c := range cfg.Channels {
		if c.Line != config.DirectLine {
			continue
		}
		ch := directline.Channel{Name: name, TokenLife: c.TokenLife, Origins: c.Origins, Limits: directline.Limits{
			Posts: directline.Limit(c.Limits.Posts), Uploads: directline.Limit(c.Limits.Uploads),
			Returns: directline.Limit(c.Limits.Returns), Starts: directline.Limit(c.Limits.Starts),
		}}
		for _, secret := range c.Secrets {
			ch.Secrets = append(ch.Secrets, []byte(secret.Reveal()))
		}
		channels = append(channels, ch)
	}
	return channels
}

package host

import (
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
			Name: name, Bot: c.Bot, Desk: c.Desk, Greet: c.Greet, Language: c.Language,
			Targets:      map[string]lifecycle.Target{},
			Hours:        hoursOf(c.Handoff.Hours),
			NoAgentAfter: c.Handoff.NoAgentAfter, TransferGrace: c.Handoff.TransferGrace,
			Debounce: c.Debounce, TurnDeadline: cfg.Bots[c.Bot].TurnDeadline,
			CancelWords: c.Handoff.CancelWords,
			OnFailure:   lifecycle.Holder(c.OnFailure), AfterAgent: lifecycle.Holder(c.AfterAgent),
			OnReturn: lifecycle.Holder(c.OnReturn),
			Texts:    map[lifecycle.Text]map[string]string{lifecycle.TextBotFailed: {"": c.Texts.Failed}},
			LineCan:  lineCan(),
		}
		if c.Desk != "" {
			ch.DeskCan = can(c.Desk)
		}
		for target, t := range c.Handoff.Targets {
			ch.Targets[target] = lifecycle.Target{Queue: t.Queue, DeskChannel: c.DeskChannel}
		}
		channels[name] = ch
	}
	return channels
}

// lineCan is what Direct Line clients show.
func lineCan() lifecycle.Capabilities {
	return lifecycle.Capabilities{
		Cards:        []string{"application/vnd.microsoft.card.adaptive"},
		QuickReplies: true, Attachments: true, Typing: true,
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

// customersOf are the channels of the Direct Line.
func customersOf(cfg *config.Config) []directline.Channel {
	var channels []directline.Channel
	for name, c := range cfg.Channels {
		if c.Line != config.DirectLine {
			continue
		}
		ch := directline.Channel{Name: name, TokenLife: c.TokenLife, Origins: c.Origins}
		for _, secret := range c.Secrets {
			ch.Secrets = append(ch.Secrets, []byte(secret.Reveal()))
		}
		channels = append(channels, ch)
	}
	return channels
}

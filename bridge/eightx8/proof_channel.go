package eightx8

import (
	"fmt"
	"slices"
	"strings"
)

// provisioned is what mends a channel of ours, and byHand one of 8x8's own.
const (
	provisioned = "`patchbay provision` mends it"
	byHand      = "set it at 8x8 by hand"
)

// mending is how a claim's channel is changed.
func (c Claim) mending() string {
	if c.Digital {
		return byHand
	}
	return provisioned
}

// channel looks at the claim's channel, and puts it into found.
func (p *prover) channel(claim Claim, found **DeskChannel) Proof {
	made := Proof{Of: "desk channel", Result: Wrong, Setting: "desk_channel"}
	if p.shut != "" {
		shut := p.closed()
		shut.Of = made.Of
		return shut
	}
	if made.Detail = p.find(claim.Channel, !claim.Digital && claim.Queue != "", found); made.Detail != "" {
		return made
	}
	channel := **found
	ours := channel.Type == "" || strings.EqualFold(channel.Type, typeChatAPI)
	switch {
	case claim.Digital && ours && channel.Type != "":
		made.Detail = fmt.Sprintf("%s is of type %s, which no customers of 8x8's own lines come by: line: directline is for it", about(channel), channel.Type)
	case !claim.Digital && !ours:
		made.Detail = fmt.Sprintf("%s is of type %s, and tickets can be opened on channels of type %s alone: line: 8x8 is for it", about(channel), channel.Type, typeChatAPI)
	case !claim.Digital && p.otherQueue(channel, claim.Queue) != "":
		made.Detail = p.otherQueue(channel, claim.Queue)
	default:
		made.Result, made.Setting = Proven, ""
		made.Detail = describe(claim.Channel, channel)
	}
	return made
}

// find finds a channel by name or id, or says why it cannot be told. made: it
// is one that can be made.
func (p *prover) find(channel string, made bool, found **DeskChannel) (trouble string) {
	one, several := findChannel(channel, p.channels)
	if several {
		var ids []string
		for _, c := range p.channels {
			if c.Name == channel {
				ids = append(ids, c.ID)
			}
		}
		return fmt.Sprintf("8x8 has %d channels with the name %q: give the id, one of %s", len(ids), channel, quoted(ids))
	}
	if one == nil {
		trouble = fmt.Sprintf("8x8 has no channel with the id or name %q", channel)
		var names []string
		for _, c := range p.channels {
			names = append(names, c.Name)
		}
		if len(names) > 0 {
			trouble += "; it has " + quoted(names)
		}
		if made {
			trouble += "; `patchbay provision` makes one"
		}
		return trouble
	}
	*found = one
	return ""
}

// about names a channel.
func about(c DeskChannel) string { return fmt.Sprintf("channel %s (%q)", c.ID, c.Name) }

// describe says what was found by a name or id.
func describe(by string, c DeskChannel) string {
	text := fmt.Sprintf("%s is channel %s there", by, c.ID)
	if by == c.ID {
		text = fmt.Sprintf("%s is channel %q there", by, c.Name)
	}
	if c.Type != "" {
		text += ", of type " + c.Type
	}
	if c.Queue != "" {
		text += ", with queue " + c.Queue
	}
	return text
}

// otherQueue says that a channel has another queue than it is to have; empty:
// it has not.
func (p *prover) otherQueue(channel DeskChannel, queue string) string {
	_, wanted := p.shared(channel)
	if queue == "" || channel.Queue != "" && slices.Contains(wanted, channel.Queue) {
		return ""
	}
	has := either(scalar(channel.Queue), "none")
	return fmt.Sprintf("%s has queue %s, and is to have %s: %s", about(channel), has, queue, provisioned)
}

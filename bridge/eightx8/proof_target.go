package eightx8

import (
	"context"
	"fmt"
	"slices"
)

// Where queues and scripts are looked for: 8x8 has no call that lists them.
const (
	proofPages    = 3
	proofPageSize = 100
)

// target looks at where a handoff may go. channel is the claim's; nil: there
// is none.
func (p *prover) target(ctx context.Context, claim Claim, t TargetClaim, channel *DeskChannel) Proof {
	switch {
	case p.shut != "":
		return p.closed()
	case t.Channel != "" && t.Channel != claim.Channel:
		return p.channelTarget(ctx, claim, t)
	case t.Script != "":
		return p.assignee(ctx, assignedToScript, t.Script)
	case t.Queue != "" && p.desk.api == ChatGateway:
		return p.queue(ctx, t.Queue)
	case channel == nil:
		return Proof{Result: Unchecked, Detail: "not checked: there is no such desk channel"}
	case channel.Queue == "":
		return Proof{Result: Wrong, Detail: fmt.Sprintf("names no queue, and %s has none", about(*channel))}
	default:
		return Proof{Result: Proven, Detail: fmt.Sprintf("queue %s, of %s", channel.Queue, about(*channel))}
	}
}

// channelTarget looks at a target with a channel of its own: it must be there,
// and its events must come to us.
func (p *prover) channelTarget(ctx context.Context, claim Claim, t TargetClaim) Proof {
	var channel *DeskChannel
	if trouble := p.find(t.Channel, t.Queue != "", &channel); trouble != "" {
		return Proof{Result: Wrong, Detail: trouble}
	}
	if other := p.otherQueue(*channel, t.Queue); other != "" {
		return Proof{Result: Wrong, Detail: other}
	}
	webhook := p.webhook(ctx, claim, *channel)
	webhook.Detail = describe(t.Channel, *channel) + "; " + webhook.Detail
	return webhook
}

// queue looks for whatever names a queue.
func (p *prover) queue(ctx context.Context, id string) Proof {
	for _, c := range p.channels {
		if c.Queue == id {
			return Proof{Result: Proven, Detail: fmt.Sprintf("queue %s is that of %s", id, about(c))}
		}
	}
	for _, c := range p.channels {
		if c.Name == id && c.Queue != "" {
			return Proof{Result: Wrong, Detail: fmt.Sprintf("queue %q is the name of a channel; the id of its queue is %s", id, c.Queue)}
		}
	}
	return p.assignee(ctx, assignedToQueue, id)
}

// assignee looks whether one of the newest tickets is with a queue or script.
// That none is proves nothing.
func (p *prover) assignee(ctx context.Context, kind, id string) Proof {
	tickets, trouble := p.tickets.of("conversations", func() ([]Ticket, error) { return p.newest(ctx) })
	if trouble != nil {
		return *trouble
	}
	var others []string
	for _, t := range tickets {
		switch {
		case t.Assigned == kind && t.AssignedTo == id:
			return Proof{Result: Proven, Detail: fmt.Sprintf("%s %s has conversation %s", kind, id, t.ID)}
		case t.Assigned == kind:
			others = append(others, t.AssignedTo)
		}
	}
	where := "none of the newest conversations"
	if kind == assignedToQueue {
		where = "neither a channel nor one of the newest conversations"
		for _, c := range p.channels {
			others = append(others, c.Queue)
		}
	}
	others = slices.DeleteFunc(others, func(other string) bool { return other == "" })
	slices.Sort(others)
	seen := ""
	if others = slices.Compact(others); len(others) > 0 {
		seen = " (they name " + quoted(others) + ")"
	}
	return Proof{Result: Unproven, Detail: fmt.Sprintf(
		"8x8 has no call that lists %ss, and %s names %s %s%s: the first handoff to it will show", kind, where, kind, id, seen)}
}

// newest reads the newest tickets, as 8x8 sorts them.
func (p *prover) newest(ctx context.Context) ([]Ticket, error) {
	var all []Ticket
	for number := range proofPages {
		page, err := p.desk.Tickets(ctx, TicketFilter{NewestFirst: true, Page: number, Size: proofPageSize})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Tickets...)
		if len(page.Tickets) == 0 || page.Pages >= 0 && number+1 >= page.Pages {
			break
		}
	}
	return all, nil
}

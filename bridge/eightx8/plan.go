package eightx8

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Wanted is a channel as the configuration has it: its events go to an
// address of ours.
type Wanted struct {
	// Channel at 8x8, by name or id. One that is not there is made by this
	// name, if it has a queue.
	Channel string
	// Queue that conversations go to, by id; empty: whichever it is. That of a
	// digital channel, which is for when nobody answers its webhook, is left be.
	Queue string
	// Webhook's name, if one is made, and its address.
	Webhook, URI string
	// Digital: it is a channel of 8x8's own, WhatsApp say. Those are looked
	// at, and changed by hand alone.
	Digital bool
}

// ChangeKind says what is to be done about one thing.
type ChangeKind string

// The kinds of change.
const (
	Keep   ChangeKind = "keep" // it is as it should be
	Create ChangeKind = "create"
	Update ChangeKind = "update"
	ByHand ChangeKind = "by hand" // no call can do it
)

// Change is one step of a plan.
type Change struct {
	Kind ChangeKind
	// What is to be changed, and Why, in words.
	What, Why string

	webhook *Webhook
	channel *DeskChannel
	uri     string // of the channel's webhook, whose id may not be known yet
}

// String is a line such as `update channel "Web support": queue 101 becomes 102`.
func (c Change) String() string {
	line := string(c.Kind) + " " + c.What
	if c.Why != "" {
		line += ": " + c.Why
	}
	return line
}

// Plan is what makes 8x8 be as is wanted, in the order in which it is done.
type Plan struct {
	Changes []Change
	desk    *Desk
	ids     map[string]string // of webhooks, by address
}

// String has a line for each change.
func (p Plan) String() string {
	var b strings.Builder
	for _, change := range p.Changes {
		b.WriteString(change.String() + "\n")
	}
	return b.String()
}

// Done reports whether nothing is to be done by Apply. There may be things to
// do by hand.
func (p Plan) Done() bool {
	return !slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Kind == Create || c.Kind == Update })
}

// Plan reads what there is at 8x8, and says what would make it be as wanted.
// Nothing is changed.
func (d *Desk) Plan(ctx context.Context, wanted []Wanted) (Plan, error) {
	webhooks, err := d.Webhooks(ctx)
	if err != nil {
		return Plan{}, err
	}
	channels, err := d.DeskChannels(ctx)
	if err != nil {
		return Plan{}, err
	}
	made := plan(wanted, webhooks, channels, d.webhookVersion())
	made.desk = d
	return made, nil
}

// Apply does what is planned, one thing after the other, up to the first
// error. Planned again after that, only what is left to do is in the plan.
func (p Plan) Apply(ctx context.Context) error {
	ids := map[string]string{}
	for uri, id := range p.ids {
		ids[uri] = id
	}
	for _, change := range p.Changes {
		if err := p.apply(ctx, change, ids); err != nil {
			return fmt.Errorf("apply %q: %w", change, err)
		}
	}
	return nil
}

// apply does one step; ids are those of the webhooks that are known so far.
func (p Plan) apply(ctx context.Context, change Change, ids map[string]string) error {
	switch {
	case change.webhook != nil && change.Kind == Create:
		made, err := p.desk.CreateWebhook(ctx, *change.webhook)
		if err != nil {
			return err
		}
		ids[change.webhook.URI] = made.ID
	case change.webhook != nil && change.Kind == Update:
		return p.desk.UpdateWebhook(ctx, *change.webhook)
	case change.channel != nil && change.Kind == Create:
		channel := *change.channel
		channel.WebhookID = ids[change.uri]
		_, err := p.desk.CreateChannel(ctx, channel)
		return err
	case change.channel != nil && change.Kind == Update:
		channel := *change.channel
		channel.WebhookID = ids[change.uri]
		return p.desk.UpdateChannel(ctx, channel)
	}
	return nil
}

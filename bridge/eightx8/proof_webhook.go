package eightx8

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// webhook looks whether a channel's events are sent to us.
func (p *prover) webhook(ctx context.Context, claim Claim, channel DeskChannel) Proof {
	if channel.WebhookID == "" {
		return Proof{Result: Wrong, Detail: fmt.Sprintf("%s has none, and its events come to nobody; it must be one for %s: %s", about(channel), claim.URI, claim.mending())}
	}
	webhooks, trouble := p.webhooks.of("webhooks", func() ([]Webhook, error) { return p.desk.Webhooks(ctx) })
	if trouble != nil {
		return *trouble
	}
	i := slices.IndexFunc(webhooks, func(w Webhook) bool { return w.ID == channel.WebhookID })
	if i < 0 {
		return Proof{Result: Wrong, Detail: fmt.Sprintf("%s has webhook %s, which is not there; it must be one for %s: %s", about(channel), channel.WebhookID, claim.URI, claim.mending())}
	}
	hook := webhooks[i]
	name := fmt.Sprintf("webhook %s (%q)", hook.ID, hook.Name)
	version := p.desk.webhookVersion()
	addresses, _ := p.shared(channel)
	switch {
	case !slices.Contains(addresses, hook.URI):
		return Proof{Result: Wrong, Detail: fmt.Sprintf("%s of %s sends to %s, and our address is %s: %s", name, about(channel), hook.URI, claim.URI, claim.mending())}
	case hook.Version != "" && hook.Version != version:
		return Proof{Result: Wrong, Detail: fmt.Sprintf("%s sends events of version %s, and we take %s: %s", name, hook.Version, version, provisioned)}
	}
	return Proof{Result: Proven, Detail: fmt.Sprintf("%s sends to %s, which is ours", name, hook.URI)}
}

// shared are the addresses and queues that are wanted of a channel by any of
// our channels that use it: a ticket is known whichever way its events come.
func (p *prover) shared(channel DeskChannel) (addresses, queues []string) {
	uses := func(name string) bool {
		found, _ := findChannel(name, p.channels)
		return found != nil && found.ID == channel.ID
	}
	for _, claim := range p.claims {
		if uses(claim.Channel) {
			addresses, queues = append(addresses, claim.URI), append(queues, claim.Queue)
		}
		for _, target := range claim.Targets {
			if uses(target.Channel) {
				addresses, queues = append(addresses, claim.URI), append(queues, target.Queue)
			}
		}
	}
	return addresses, queues
}

// reach has 8x8 try the claim's address, if that is where the events go.
// Whether the host is to run just now is not known here.
func (p *prover) reach(ctx context.Context, claim Claim, used bool) Proof {
	made := Proof{Of: "reached by 8x8"}
	switch {
	case p.shut != "":
		shut := p.closed()
		made.Result, made.Detail = shut.Result, shut.Detail
		return made
	case !used:
		made.Result, made.Detail = Unchecked, "not checked: see the webhook"
		return made
	}
	err, tried := p.tried[claim.URI]
	if !tried {
		err = p.desk.VerifyWebhook(ctx, claim.URI)
		p.tried[claim.URI] = err
	}
	if err == nil {
		made.Result, made.Detail = Proven, claim.URI+" answers it"
		return made
	}
	var api *APIError
	text := reason(err)
	if errors.As(err, &api) {
		short := *api
		short.Validations = nil // they say the same once more
		text = short.Error()
	}
	made.Result, made.Detail = Unproven, fmt.Sprintf("not now; is `patchbay serve` running at %s, and open to 8x8? %s", claim.URI, text)
	return made
}

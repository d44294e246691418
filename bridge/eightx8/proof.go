package eightx8

import (
	"context"
	"fmt"
	"strings"
)

// Claim is what a channel of ours takes for granted at 8x8.
type Claim struct {
	// Channel at 8x8, by name or id.
	Channel string
	// Queue that it is to have, by id; empty: any.
	Queue string
	// Digital: it is a channel of 8x8's own, WhatsApp say.
	Digital bool
	// URI is our address, which the channel's events are to be sent to.
	URI string
	// Targets of its handoffs.
	Targets []TargetClaim
}

// TargetClaim is where handoffs may go: a queue or a script, by id, or a
// channel by name or id; none of them: to the claim's channel.
type TargetClaim struct {
	Name, Queue, Script, Channel string
}

// Result is what came of looking at something.
type Result string

// The results.
const (
	Proven   Result = "proven"
	Unproven Result = "unproven" // 8x8 has no call that tells
	Wrong    Result = "wrong"
	// Unchecked: something else that is wrong is in the way.
	Unchecked Result = "unchecked"
)

// Proof is one thing that was looked at, and what came of it.
type Proof struct {
	// Of what: "credentials", "target billing".
	Of     string
	Result Result
	// Detail is what was found, what 8x8 said to it, and what would do.
	Detail string
	// Setting that is to blame: "api_key", "handoff.targets.billing"; empty: none is.
	Setting string
}

// Proofs are those of the desk itself, and of each claim.
type Proofs struct {
	Desk   []Proof
	Claims [][]Proof
}

// Prove looks whether 8x8 is as is claimed. It changes nothing there; our
// addresses are tried by 8x8. What has one cause is [Wrong] once, and whatever
// hangs on it [Unchecked].
func (d *Desk) Prove(ctx context.Context, claims []Claim) Proofs {
	p := &prover{desk: d, claims: claims, tried: map[string]error{}}
	made := Proofs{Desk: p.entry(ctx)}
	for _, claim := range claims {
		made.Claims = append(made.Claims, p.claim(ctx, claim))
	}
	return made
}

// prover is what was read so far.
type prover struct {
	desk     *Desk
	claims   []Claim
	shut     string // why nothing can be looked at; empty: it can
	channels []DeskChannel
	webhooks asked[Webhook]
	tickets  asked[Ticket]
	tried    map[string]error // addresses that 8x8 has tried
}

// claim looks at all that one channel of ours needs.
func (p *prover) claim(ctx context.Context, claim Claim) []Proof {
	var channel *DeskChannel
	first := p.channel(claim, &channel)
	made := []Proof{first}
	for _, target := range claim.Targets {
		proof := p.target(ctx, claim, target, channel)
		proof.Of = "target " + target.Name
		if proof.Result == Wrong {
			proof.Setting = "handoff.targets." + target.Name
		}
		made = append(made, proof)
	}
	webhook := Proof{Result: Unchecked, Detail: "not checked: there is no such desk channel"}
	switch {
	case p.shut != "":
		webhook = p.closed()
	case channel != nil:
		webhook = p.webhook(ctx, claim, *channel)
	}
	webhook.Of = "webhook"
	return append(made, webhook, p.reach(ctx, claim, webhook.Result == Proven))
}

// closed is the proof of what cannot be looked at.
func (p *prover) closed() Proof {
	return Proof{Result: Unchecked, Detail: "not checked: " + p.shut}
}

// asked is a list that 8x8 is asked for when it is first needed.
type asked[T any] struct {
	items      []T
	err        error
	done, told bool
}

// of answers the list, or the proof that it cannot be had: wrong once.
func (a *asked[T]) of(what string, ask func() ([]T, error)) ([]T, *Proof) {
	if !a.done {
		a.items, a.err = ask()
		a.done = true
	}
	switch {
	case a.err == nil:
		return a.items, nil
	case a.told:
		return nil, &Proof{Result: Unchecked, Detail: fmt.Sprintf("not checked: 8x8's %s cannot be read", what)}
	default:
		a.told = true
		return nil, &Proof{Result: Wrong, Detail: fmt.Sprintf("8x8's %s cannot be read: %s", what, reason(a.err))}
	}
}

// quoted is a list of names for people, cut where it gets long.
func quoted(names []string) string {
	const most = 5
	var shown []string
	for i, name := range names {
		if i == most {
			shown = append(shown, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		shown = append(shown, fmt.Sprintf("%q", name))
	}
	return strings.Join(shown, ", ")
}

package eightx8

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/patchbay-host/patchbay/bridge"
)

// entry looks whether 8x8 answers, knows us, and has our tenant, and reads the
// channels on the way.
func (p *prover) entry(ctx context.Context) []Proof {
	_, err := p.desk.client.auth.secret(ctx)
	token := err == nil // the gateway's key is one, too
	if err == nil {
		p.channels, err = p.desk.DeskChannels(ctx)
	}
	e := p.desk.verdict(err, token)
	if p.desk.api == ChatGateway && e.tenant.Result == Wrong {
		e.credentials = p.desk.proveKey(ctx)
	}
	made := []Proof{e.address, e.credentials, e.tenant}
	for i, of := range []string{"address", "credentials", "tenant"} {
		made[i].Of = of
		switch {
		case p.shut != "" && made[i].Result == "":
			made[i] = p.closed()
			made[i].Of = of
		case p.shut == "" && made[i].Result == Wrong:
			p.shut = "see the desk's " + of
		}
	}
	return made
}

// entrance is what one answer says of the three things that 8x8 must know; no
// result: the answer does not say.
type entrance struct{ address, credentials, tenant Proof }

// verdict reads the error of the first calls. token: 8x8 gave one, or needs
// none.
func (d *Desk) verdict(err error, token bool) entrance {
	e := entrance{address: Proof{Result: Proven, Detail: d.client.base + " answers"}}
	if token && d.api == ChatAPI {
		e.credentials = Proof{Result: Proven, Detail: "8x8 gives a token for key and secret"}
	}
	var api *APIError
	if err != nil && !errors.As(err, &api) {
		e.address = d.noAnswer(err)
		return e
	}
	if err == nil {
		e.credentials.Result, e.tenant = Proven, Proof{Result: Proven, Detail: "8x8 takes " + d.client.tenant}
		e.credentials.Detail = either(scalar(e.credentials.Detail), "8x8 takes the API key")
		return e
	}
	text := strings.ToLower(api.Message)
	switch status := api.Status; {
	case status == http.StatusUnauthorized, !token && (status == http.StatusBadRequest || status == http.StatusForbidden):
		e.credentials = d.unknown(api, token)
	case status == http.StatusForbidden || status == http.StatusNotFound:
		switch {
		case strings.Contains(text, "tenant"):
			e.tenant = wrong("tenant", api, fmt.Sprintf("give the tenant that the key belongs to, as 8x8 spells it; it is %q here", d.client.tenant))
		case strings.Contains(text, "region") && d.api == ChatAPI:
			e.tenant = wrong("region", api, "give the region that the tenant is in")
		case status == http.StatusNotFound:
			e.address = wrong("base_url", api, fmt.Sprintf("%s answers, and has no such call: 8x8 is somewhere else", d.client.base))
		case d.api == ChatAPI:
			e.tenant = wrong("tenant", api, "8x8 does not say whether the tenant is wrong or the key lacks a right")
		default:
			e.credentials = wrong("api_key", api, "8x8 does not say whether the key lacks a right or the tenant is another's")
		}
	default:
		e.address = d.outOfOrder(err, api)
	}
	return e
}

// unknown is the proof that 8x8 does not know our credentials.
func (d *Desk) unknown(api *APIError, token bool) Proof {
	switch {
	case d.api == ChatGateway:
		return wrong("api_key", api, "give an API key of this customer's that is for the Chat Gateway, whole and without quotes")
	case token:
		return wrong("key", api, "8x8 gave a token for key and secret and refuses it: the key must be for the Chat API")
	default:
		return wrong("key", api, "give a key and its secret as 8x8 shows them; they belong together")
	}
}

// outOfOrder is the proof that 8x8 answers with nothing that would help.
func (d *Desk) outOfOrder(err error, api *APIError) Proof {
	var failed *bridge.DeskError
	if !errors.As(err, &failed) || failed.Kind != bridge.DeskUnavailable {
		return wrong("base_url", api, "8x8 is not expected to answer so: is that its address?")
	}
	when := "later"
	if failed.RetryAfter > 0 {
		when = "in " + failed.RetryAfter.String()
	}
	return wrong("", api, "nothing is known to be wrong here: try again "+when)
}

// noAnswer is the proof that nobody answers, or somebody else does.
func (d *Desk) noAnswer(err error) Proof {
	made := Proof{Result: Wrong, Setting: "base_url"}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &kind) {
		made.Detail = fmt.Sprintf("%s answers, and not as 8x8 does (%s): is that its address?", d.client.base, reason(err))
		return made
	}
	made.Detail = fmt.Sprintf("%s gives no answer of 8x8's (%s): is that its address, does it run, and may this machine call it?", d.client.base, reason(err))
	return made
}

// proveKey asks without the tenant: 8x8 needs it only where a customer has
// several (8x8 contract, "Two dialects of one service", auth).
func (d *Desk) proveKey(ctx context.Context) Proof {
	alone := *d.client
	alone.auth = keyAlone{apiKey{key: d.client.auth.(apiKey).key}}
	err := alone.get(ctx, call{op: "list channels", path: "/channels"}, nil)
	switch {
	case err == nil:
		return Proof{Result: Proven, Detail: "8x8 takes the API key"}
	case unauthorized(err):
		var api *APIError
		errors.As(err, &api)
		return d.unknown(api, true)
	default:
		return Proof{Result: Unproven, Detail: "8x8 refuses the tenant, and does not say whether it takes the API key"}
	}
}

// keyAlone is an API key without a tenant.
type keyAlone struct{ apiKey }

func (keyAlone) sign(header http.Header, secret string) { header.Set("X-Api-Key", secret) }

// wrong is what 8x8 said, and what would do.
func wrong(setting string, api *APIError, advice string) Proof {
	return Proof{Result: Wrong, Detail: api.Error() + "; " + advice, Setting: setting}
}

// reason is what a call came to, without the names that only the engine needs.
func reason(err error) string {
	var failed *bridge.DeskError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return oneLine(err.Error())
}

package eightx8

import (
	"context"
	"net/http"
	"net/url"
)

// SubmitCard tells that the customer has submitted an adaptive card, by the id
// that it has among the cards of its message, under a name for who did. What
// was entered does not travel (8x8 contract, "Calls", cards). The chat-gateway
// alone.
func (d *Desk) SubmitCard(ctx context.Context, ticket, card, name string) error {
	return d.act(ctx, "submit card", ticket, card, "action-submit", name)
}

// ExecuteCard tells that an adaptive card was executed. As SubmitCard
// otherwise.
func (d *Desk) ExecuteCard(ctx context.Context, ticket, card, name string) error {
	return d.act(ctx, "execute card", ticket, card, "action-execute", name)
}

// act has an address of its own, beside the dialect's.
func (d *Desk) act(ctx context.Context, op, ticket, card, action, name string) error {
	if err := d.needGateway(op, ticket, card); err != nil {
		return err
	}
	return d.client.once(ctx, call{
		op:     op,
		method: http.MethodPut,
		root:   d.client.base + "/api/v1/tenant/" + url.PathEscape(d.client.tenant),
		path:   ticketPath(ticket, "/cards/"+url.PathEscape(card)+"/"+action),
		body: struct {
			Name string `json:"name"`
		}{name},
	}, nil)
}

package eightx8

import (
	"context"
	"errors"
	"net/http"
)

// HandBack has 8x8 give a ticket back to us when its agents are done: to the
// webhook of a channel of the desk's, by id or name, which is looked up once
// and kept (8x8 contract, "Calls", back to the bot after the agent). The
// chat-gateway alone. When it must be posted 8x8 does not say.
func (d *Desk) HandBack(ctx context.Context, ticket, webhookChannel string) error {
	const op = "hand conversation back"
	if err := d.needGateway(op, ticket); err != nil {
		return err
	}
	channel, err := d.channels.find(ctx, webhookChannel)
	if err != nil {
		return err
	}
	if channel.WebhookID == "" {
		return refuse(op, errors.New("the channel has no webhook"))
	}
	body := handBackRequest{Type: "webhook", ID: channel.WebhookID}
	// The webhook that is named is told; to tell the channel's own as well
	// would be to tell the same one twice.
	body.Configuration.NotifyChannelWebhook = "false"
	err = d.client.once(ctx, call{
		op:     op,
		method: http.MethodPost,
		path:   ticketPath(ticket, "/post-agent-assignment"),
		body:   body,
	}, nil)
	d.channels.doubt(err)
	return err
}

type handBackRequest struct {
	Type          string `json:"type"`
	ID            string `json:"id"`
	Configuration struct {
		NotifyChannelWebhook string `json:"notifyChannelWebhookIfExists"` // a text, for 8x8
	} `json:"configuration"`
}

package eightx8

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// typeChatAPI is the type of channels that customers of ours come by; others
// cannot be made by a call.
const typeChatAPI = "ChatAPI"

// DeskChannel is a channel at 8x8.
type DeskChannel struct {
	ID   string
	Name string
	// Type, ChatAPI or WhatsApp say; empty: not told, as on the chat-api,
	// where all are ChatAPI.
	Type string
	// Queue that its conversations go to, by id.
	Queue string
	// WebhookID of the webhook that its events are sent to.
	WebhookID string
}

func (item channelItem) id() scalar { return item.ID }

func (item channelItem) channel() DeskChannel {
	made := DeskChannel{
		ID: string(item.ID), Name: string(item.Name), Type: string(item.Type), WebhookID: string(item.WebhookID),
	}
	if item.Routing.Type.is(assignedToQueue) {
		made.Queue = string(item.Routing.ID)
	}
	return made
}

// channelRequest makes or changes a channel.
type channelRequest struct {
	Name      string     `json:"name"`
	Type      string     `json:"type,omitempty"` // the gateway's alone
	WebhookID string     `json:"webHookId"`
	Routing   assignment `json:"routingOptions"`
}

func (d *Desk) channelRequest(c DeskChannel) channelRequest {
	made := channelRequest{Name: c.Name, WebhookID: c.WebhookID, Routing: assignment{assignedToQueue, c.Queue}}
	if d.api == ChatGateway {
		made.Type = either(scalar(c.Type), typeChatAPI)
	}
	return made
}

// DeskChannels lists the tenant's channels, each once.
func (d *Desk) DeskChannels(ctx context.Context) ([]DeskChannel, error) {
	return d.client.deskChannels(ctx)
}

func (c *client) deskChannels(ctx context.Context) ([]DeskChannel, error) {
	items, err := getAll[channelItem](ctx, c, call{op: "list channels", path: "/channels"}, "channels")
	var all []DeskChannel
	for _, item := range items {
		if item.ID != "" {
			all = append(all, item.channel())
		}
	}
	return all, err
}

// ReadChannel reads a channel by its id.
func (d *Desk) ReadChannel(ctx context.Context, id string) (DeskChannel, error) {
	const op = "read channel"
	if err := needTicket(op, id); err != nil {
		return DeskChannel{}, err
	}
	var item channelItem
	err := d.client.get(ctx, call{op: op, path: "/channels/" + url.PathEscape(id)}, &item)
	return item.channel(), err
}

// CreateChannel makes a channel of type ChatAPI; its ID is 8x8's to make, and
// the rest of it must be given.
func (d *Desk) CreateChannel(ctx context.Context, c DeskChannel) (DeskChannel, error) {
	do := call{op: "create channel", method: http.MethodPost, path: "/channels", body: d.channelRequest(c)}
	var item channelItem
	if err := d.client.once(ctx, do, &item); err != nil {
		return DeskChannel{}, err
	}
	d.channels.forget()
	if item.ID == "" {
		return DeskChannel{}, do.unanswered(errors.New("the answer names no channel"), false)
	}
	c.ID = string(item.ID)
	return c, nil
}

// UpdateChannel makes the channel with c's id be as c is.
func (d *Desk) UpdateChannel(ctx context.Context, c DeskChannel) error {
	return d.changeChannel(ctx, "update channel", http.MethodPut, c.ID, d.channelRequest(c))
}

// DeleteChannel deletes the channel with an id.
func (d *Desk) DeleteChannel(ctx context.Context, id string) error {
	return d.changeChannel(ctx, "delete channel", http.MethodDelete, id, nil)
}

func (d *Desk) changeChannel(ctx context.Context, op, method, id string, body any) error {
	if err := needTicket(op, id); err != nil {
		return err
	}
	err := d.client.once(ctx, call{op: op, method: method, path: "/channels/" + url.PathEscape(id), body: body}, nil)
	d.channels.forget()
	return err
}

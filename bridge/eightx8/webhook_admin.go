package eightx8

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// The versions of webhook events that each dialect's webhooks are made for.
const (
	versionGateway = "Chat Gateway v1.0"
	versionChatAPI = "v2.0"
)

// maxWebhookName is how long a webhook's name can be: 8x8 takes 256 characters
// and gives back 255.
const maxWebhookName = 255

// Webhook is a webhook of the tenant's: an address that events are sent to.
type Webhook struct {
	ID   string
	Name string
	URI  string
	// Version of the events; empty when one is made: the dialect's own.
	Version string
}

// webhookRequest makes or changes a webhook. The schemas require
// notificationVersion and define version: both are sent, either is read (8x8
// contract, "Where the vendor's schemas contradict themselves").
type webhookRequest struct {
	Name                string `json:"name"`
	URI                 string `json:"uri"`
	NotificationVersion string `json:"notificationVersion"`
	Version             string `json:"version"`
}

type webhookItem struct {
	ID                  scalar `json:"id"`
	Name                scalar `json:"name"`
	URI                 scalar `json:"uri"`
	NotificationVersion scalar `json:"notificationVersion"`
	Version             scalar `json:"version"`
}

func (item webhookItem) id() scalar { return item.ID }

func (item webhookItem) webhook() Webhook {
	return Webhook{string(item.ID), string(item.Name), string(item.URI), either(item.Version, item.NotificationVersion)}
}

// webhookVersion is the version of the dialect's events.
func (d *Desk) webhookVersion() string {
	if d.api == ChatAPI {
		return versionChatAPI
	}
	return versionGateway
}

// webhookPath is a webhook's path; no id: that of all.
func (d *Desk) webhookPath(id string) string {
	all := "/webhooks"
	if d.api == ChatAPI {
		all = "/web-hooks"
	}
	if id == "" {
		return all
	}
	return all + "/" + url.PathEscape(id)
}

func (d *Desk) webhookRequest(w Webhook) webhookRequest {
	version := either(scalar(w.Version), scalar(d.webhookVersion()))
	return webhookRequest{shorten(w.Name, maxWebhookName), w.URI, version, version}
}

// Webhooks lists the tenant's webhooks, each once.
func (d *Desk) Webhooks(ctx context.Context) ([]Webhook, error) {
	items, err := getAll[webhookItem](ctx, d.client, call{op: "list webhooks", path: d.webhookPath("")}, "webhooks")
	var all []Webhook
	for _, item := range items {
		if item.ID != "" {
			all = append(all, item.webhook())
		}
	}
	return all, err
}

// ReadWebhook reads a webhook by its id.
func (d *Desk) ReadWebhook(ctx context.Context, id string) (Webhook, error) {
	const op = "read webhook"
	if err := needTicket(op, id); err != nil {
		return Webhook{}, err
	}
	var item webhookItem
	err := d.client.get(ctx, call{op: op, path: d.webhookPath(id)}, &item)
	return item.webhook(), err
}

// CreateWebhook makes a webhook; its ID is 8x8's to make.
func (d *Desk) CreateWebhook(ctx context.Context, w Webhook) (Webhook, error) {
	do := call{op: "create webhook", method: http.MethodPost, path: d.webhookPath(""), body: d.webhookRequest(w)}
	var item webhookItem
	if err := d.client.once(ctx, do, &item); err != nil {
		return Webhook{}, err
	}
	if item.ID == "" {
		return Webhook{}, do.unanswered(errors.New("the answer names no webhook"), false)
	}
	w.ID = string(item.ID)
	return w, nil
}

// UpdateWebhook makes the webhook with w's id be as w is.
func (d *Desk) UpdateWebhook(ctx context.Context, w Webhook) error {
	return d.changeWebhook(ctx, "update webhook", http.MethodPut, w.ID, d.webhookRequest(w))
}

// DeleteWebhook deletes the webhook with an id.
func (d *Desk) DeleteWebhook(ctx context.Context, id string) error {
	return d.changeWebhook(ctx, "delete webhook", http.MethodDelete, id, nil)
}

func (d *Desk) changeWebhook(ctx context.Context, op, method, id string, body any) error {
	if err := needTicket(op, id); err != nil {
		return err
	}
	return d.client.once(ctx, call{op: op, method: method, path: d.webhookPath(id), body: body}, nil)
}

// VerifyWebhook has 8x8 send a WEB_HOOK_VERIFY to an address. No error: it was
// answered as it should be.
func (d *Desk) VerifyWebhook(ctx context.Context, uri string) error {
	return d.client.once(ctx, call{
		op:     "verify webhook",
		method: http.MethodPost,
		path:   d.webhookPath("verify"),
		body: struct {
			Version string `json:"version"`
			URI     string `json:"uri"`
		}{d.webhookVersion(), uri},
	}, nil)
}

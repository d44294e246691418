package config

import "time"

// API is a dialect of 8x8's.
type API string

// The dialects.
const (
	ChatGateway API = "chat-gateway"
	ChatAPI     API = "chat-api"
)

// Desk is one 8x8 tenant.
type Desk struct {
	API    API    `key:"api" default:"chat-gateway" oneof:"chat-gateway chat-api"`
	Tenant string `key:"tenant,required"`
	// APIKey for the chat-gateway.
	APIKey Secret `key:"api_key"`
	// Region, Key and Secret for the chat-api.
	Region string `key:"region" oneof:"us eu ca ap"`
	Key    Secret `key:"key"`
	Secret Secret `key:"secret"`
	// BaseURL is scheme, host and perhaps a path, without a slash at the end.
	BaseURL string `key:"base_url" default:"https://api.8x8.com"`
	// WebhookWindow is how old a webhook's transmission may be.
	WebhookWindow time.Duration `key:"webhook_window" default:"5m" min:"10s" max:"1h"`
	// CallTimeout is how long one call may take.
	CallTimeout time.Duration `key:"call_timeout" default:"10s" min:"100ms" max:"2m"`
}

func (r *reader) checkDesk(key string, d *Desk) {
	d.BaseURL = r.checkURL(key+".base_url", d.BaseURL)
	if d.API == ChatAPI {
		r.problem(key+".api", "chat-api is not supported yet; use chat-gateway")
		return
	}
	if d.APIKey.IsZero() {
		r.problem(key+".api_key", "is missing")
	}
	for name, given := range map[string]bool{
		"region": d.Region != "", "key": !d.Key.IsZero(), "secret": !d.Secret.IsZero(),
	} {
		if given {
			r.problem(key+"."+name, "belongs to api: chat-api; the chat-gateway takes api_key alone")
		}
	}
}

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
	// NoHandBack: conversations on lines of 8x8's own are not given back to the
	// bot after the agents, whatever the channel says.
	NoHandBack bool `key:"no_hand_back"`
	// BaseURL is scheme, host and perhaps a path, without a slash at the end.
	BaseURL string `key:"base_url" default:"https://api.8x8.com"`
	// WebhookWindow is how old a webhook's transmission may be.
	WebhookWindow time.Duration `key:"webhook_window" default:"5m" min:"10s" max:"1h"`
	// CallTimeout is how long one call may take.
	CallTimeout time.Duration `key:"call_timeout" default:"10s" min:"100ms" max:"2m"`
}

func (r *reader) checkDesk(key string, d *Desk) {
	d.BaseURL = r.checkURL(key+".base_url", d.BaseURL)
	if r.isBroken(key + ".api") {
		return
	}
	gateway := map[string]bool{"api_key": !d.APIKey.IsZero()}
	chat := map[string]bool{"region": d.Region != "", "key": !d.Key.IsZero(), "secret": !d.Secret.IsZero()}
	own, other := gateway, chat
	why := "belongs to api: chat-api; the chat-gateway takes api_key alone"
	if d.API == ChatAPI {
		own, other = chat, gateway
		why = "belongs to api: chat-gateway; the chat-api takes region, key and secret"
	}
	for name, given := range own {
		if !given {
			r.problem(key+"."+name, "is missing; api: %s needs it", d.API)
		}
	}
	for name, given := range other {
		if given {
			r.problem(key+"."+name, "%s", why)
		}
	}
	if d.NoHandBack && d.API == ChatAPI {
		r.problem(key+".no_hand_back", "belongs to api: chat-gateway; the chat-api never hands back")
	}
}

package eightx8

import (
	"fmt"
	"slices"
	"strings"
)

// planWebhook finds the webhook by its address, else by its name, unless it is
// a foreign one: then the address is changed, and whoever has the webhook
// follows.
func planWebhook(w Wanted, webhooks []Webhook, channels []DeskChannel, foreign map[string]bool, version string) Change {
	var found *Webhook
	for i, hook := range webhooks {
		if hook.URI == w.URI && (found == nil || usedBy(hook.ID, w.Channel, channels)) {
			found = &webhooks[i]
		}
	}
	for i, hook := range webhooks {
		if found == nil && hook.Name == w.Webhook && !foreign[hook.ID] {
			found = &webhooks[i]
		}
	}
	if found == nil {
		made := Webhook{Name: w.Webhook, URI: w.URI, Version: version}
		return Change{Kind: Create, What: fmt.Sprintf("webhook %q", w.Webhook), Why: w.URI, webhook: &made}
	}
	hook := *found
	what := fmt.Sprintf("webhook %q", hook.Name)
	var why []string
	if hook.URI != w.URI {
		why = append(why, becomes("address", hook.URI, w.URI))
		hook.URI = w.URI
	}
	if hook.Version != version {
		why = append(why, becomes("version", hook.Version, version))
		hook.Version = version
	}
	if len(why) == 0 {
		return Change{Kind: Keep, What: what, Why: hook.URI, webhook: &hook}
	}
	return Change{Kind: Update, What: what, Why: strings.Join(why, ", "), webhook: &hook}
}

// foreignWebhooks are those, by id, of channels that nobody here wants anything
// of: another host's at the same tenant may have the names that ours have.
func foreignWebhooks(wanted []Wanted, channels []DeskChannel) map[string]bool {
	foreign := map[string]bool{}
	for _, c := range channels {
		foreign[c.WebhookID] = foreign[c.WebhookID] || !slices.ContainsFunc(wanted, func(w Wanted) bool {
			found, _ := findChannel(w.Channel, channels)
			return found != nil && found.ID == c.ID
		})
	}
	return foreign
}

// usedBy reports whether a channel, by name or id, has a webhook.
func usedBy(webhook, channel string, channels []DeskChannel) bool {
	for _, c := range channels {
		if (c.ID == channel || c.Name == channel) && c.WebhookID == webhook {
			return true
		}
	}
	return false
}

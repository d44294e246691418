package eightx8

import (
	"fmt"
	"slices"
	"strings"
)

// plan compares what is wanted with what there is: webhooks first, as channels
// name theirs. It calls nobody.
func plan(wanted []Wanted, webhooks []Webhook, channels []DeskChannel, version string) Plan {
	made := Plan{ids: map[string]string{}}
	wanted = merge(wanted, webhooks, channels)
	planned := map[string]bool{}
	free := slices.Clone(webhooks) // each is for one address
	foreign := foreignWebhooks(wanted, channels)
	for _, w := range wanted {
		if !planned[w.URI] {
			planned[w.URI] = true
			change := planWebhook(w, free, channels, foreign, version)
			made.Changes = append(made.Changes, change)
			free = slices.DeleteFunc(free, func(hook Webhook) bool { return hook.ID == change.webhook.ID })
		}
	}
	for _, hook := range webhooks {
		if _, known := made.ids[hook.URI]; !known {
			made.ids[hook.URI] = hook.ID
		}
	}
	for _, change := range made.Changes {
		if change.webhook != nil && change.webhook.ID != "" {
			made.ids[change.webhook.URI] = change.webhook.ID
		}
	}
	for _, w := range wanted {
		made.Changes = append(made.Changes, planChannel(w, made.ids[w.URI], channels))
	}
	return made
}

// planChannel finds the channel by its id, else by its name. webhook is the id
// of the one that it is to have; empty: not made yet.
func planChannel(w Wanted, webhook string, channels []DeskChannel) Change {
	what := fmt.Sprintf("channel %q", w.Channel)
	found, several := findChannel(w.Channel, channels)
	switch {
	case several:
		return Change{Kind: ByHand, What: what, Why: "there are several of that name: name it by its id"}
	case found == nil && w.Digital:
		return Change{Kind: ByHand, What: what, Why: "it is not there, and only channels of type ChatAPI can be made by a call"}
	case found == nil && w.Queue == "":
		return Change{Kind: ByHand, What: what, Why: "it is not there, and cannot be made without a queue, which no target of it names"}
	case found == nil:
		made := DeskChannel{Name: w.Channel, Type: typeChatAPI, Queue: w.Queue}
		return Change{
			Kind: Create, What: what, Why: fmt.Sprintf("queue %s, webhook %s", w.Queue, w.URI), channel: &made, uri: w.URI,
		}
	}
	channel := *found
	var why []string
	if webhook == "" || channel.WebhookID != webhook {
		why = append(why, becomes("webhook", channel.WebhookID, w.URI))
		channel.WebhookID = webhook
	}
	if w.Queue != "" && channel.Queue != w.Queue && !w.Digital {
		why = append(why, becomes("queue", channel.Queue, w.Queue))
		channel.Queue = w.Queue
	}
	kind := Update
	switch {
	case len(why) == 0:
		return Change{Kind: Keep, What: what}
	case w.Digital || channel.Type != "" && !strings.EqualFold(channel.Type, typeChatAPI):
		kind = ByHand
	case channel.Queue == "":
		return Change{Kind: ByHand, What: what, Why: "it has no queue, and cannot be changed without one"}
	}
	return Change{Kind: kind, What: what, Why: strings.Join(why, ", "), channel: &channel, uri: w.URI}
}

// findChannel finds a channel by its id, else by its name, unless several have
// that.
func findChannel(channel string, channels []DeskChannel) (found *DeskChannel, several bool) {
	for i, c := range channels {
		if c.ID == channel {
			return &channels[i], false
		}
	}
	for i, c := range channels {
		if c.Name == channel {
			if found != nil {
				return nil, true
			}
			found = &channels[i]
		}
	}
	return found, false
}

// becomes says that something is to be changed.
func becomes(what, was, is string) string {
	if was == "" {
		was = "none"
	}
	return fmt.Sprintf("%s %s becomes %s", what, was, is)
}

package simulator

import (
	"cmp"
	"log/slog"
	"slices"
	"time"
)

// centre is the contact centre itself: who is there and what is going on. It
// knows no HTTP and no lock: the Simulator calls it with its own lock held.
type centre struct {
	now func() time.Time
	// emit hands an event over for delivery.
	emit func(*ticket, event)
	// after does f later, with the Simulator's lock held.
	after func(time.Duration, func())

	ids       *identifiers
	log       *slog.Logger
	quirks    Quirks
	publicURL string
	flows     []Flow
	webhooks  []*webhook
	channels  []*channel
	queues    []*Queue
	agents    []*agent
	tickets   []*ticket
	customers []*customer
	byID      map[string]*ticket
	waiting   []*ticket // in the order in which they were queued
}

// stock puts in place what the options have from the start.
func (c *centre) stock(o Options) {
	for _, q := range o.Queues {
		c.addQueue(q)
	}
	for _, f := range o.Flows {
		c.nameQueue(f.Queue)
		c.flows = append(c.flows, f)
	}
	for _, w := range o.Webhooks {
		c.webhooks = append(c.webhooks, &webhook{ID: w.ID, Name: w.Name, URI: w.URI, Version: cmp.Or(w.Version, gatewayVersion)})
	}
	for _, ch := range o.Channels {
		c.nameQueue(ch.Queue)
		c.channels = append(c.channels, &channel{
			ID: ch.ID, Name: ch.Name, Type: cmp.Or(ch.Type, chatAPI), WebHookID: ch.WebhookID,
			RoutingOptions: &routing{Type: assignedQueue, ID: ch.Queue},
		})
	}
	for _, a := range o.Agents {
		for _, q := range a.names() {
			c.nameQueue(q)
		}
		c.addAgent(a)
	}
}

// nameQueue makes a queue exist by being named.
func (c *centre) nameQueue(id string) {
	if _, err := c.queue(id); err != nil {
		c.addQueue(Queue{ID: id, Name: id})
	}
}

// addQueue adds a queue, or renames the one with that id.
func (c *centre) addQueue(q Queue) *Queue {
	if q.Name == "" {
		q.Name = q.ID
	}
	if known, err := c.queue(q.ID); err == nil {
		known.Name = q.Name
		return known
	}
	c.queues = append(c.queues, &q)
	return &q
}

func (c *centre) queue(id string) (*Queue, error) {
	return find(c.queues, "Queue", id, func(q *Queue) string { return q.ID })
}

func (c *centre) webhook(id string) (*webhook, error) {
	return find(c.webhooks, "WebHook", id, func(w *webhook) string { return w.ID })
}

func (c *centre) channel(id string) (*channel, error) {
	return find(c.channels, "Channel", id, func(ch *channel) string { return ch.ID })
}

func (c *centre) agent(id string) (*agent, error) {
	return find(c.agents, "Agent", id, func(a *agent) string { return a.ID })
}

func (c *centre) ticket(id string) (*ticket, error) {
	if t := c.byID[id]; t != nil {
		return t, nil
	}
	return nil, missing{kind: "Conversation", id: id}
}

func (c *centre) flow(id string) (Flow, error) {
	return find(c.flows, "Script", id, func(f Flow) string { return f.ID })
}

// hook is the webhook of that id, or of the channel if there is none; nil if
// there is no such webhook.
func (c *centre) hook(webhookID, channelID string) *webhook {
	if ch, err := c.channel(channelID); webhookID == "" && err == nil {
		webhookID = ch.WebHookID
	}
	w, err := c.webhook(webhookID)
	if err != nil {
		return nil
	}
	return w
}

// address is where an event goes; empty if nowhere.
func (c *centre) address(webhookID, channelID string) string {
	if w := c.hook(webhookID, channelID); w != nil {
		return w.URI
	}
	return ""
}

// settle does what a 202 promised: at once, or after the lag.
func (c *centre) settle(lag time.Duration, f func()) {
	if lag <= 0 {
		f()
		return
	}
	c.after(lag, f)
}

func find[T any](list []T, kind, id string, key func(T) string) (T, error) {
	if i := slices.IndexFunc(list, func(one T) bool { return key(one) == id }); i >= 0 {
		return list[i], nil
	}
	var none T
	return none, missing{kind: kind, id: id}
}

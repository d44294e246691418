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

	ids      *identifiers
	log      *slog.Logger
	quirks   Quirks
	webhooks []*webhook
	channels []*channel
	queues   []*Queue
	agents   []*agent
	tickets  []*ticket
	byID     map[string]*ticket
	waiting  []*ticket // in the order in which they were queued
}

// stock puts in place what the options have from the start.
func (c *centre) stock(o Options) {
	for _, q := range o.Queues {
		c.addQueue(q)
	}
	for _, w := range o.Webhooks {
		c.webhooks = append(c.webhooks, &webhook{ID: w.ID, Name: w.Name, URI: w.URI, Version: cmp.Or(w.Version, gatewayVersion)})
	}
	for _, ch := range o.Channels {
		c.nameQueue(ch.Queue)
		c.channels = append(c.channels, &channel{
			ID: ch.ID, Name: ch.Name, Type: chatAPI, WebHookID: ch.WebhookID,
			RoutingOptions: &routing{Type: assignedQueue, ID: ch.Queue},
		})
	}
	for _, a := range o.Agents {
		for _, q := range a.Queues {
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

// address is where the ticket's events go; empty if nowhere.
func (c *centre) address(channelID string) string {
	ch, err := c.channel(channelID)
	if err != nil {
		return ""
	}
	w, err := c.webhook(ch.WebHookID)
	if err != nil {
		return ""
	}
	return w.URI
}

// shapeOf is the version of events that the ticket's webhook wants.
func (c *centre) shapeOf(t *ticket) string {
	if ch, err := c.channel(t.channelID); err == nil {
		if w, err := c.webhook(ch.WebHookID); err == nil {
			return w.Version
		}
	}
	return gatewayVersion
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

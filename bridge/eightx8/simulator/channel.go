package simulator

import "slices"

// chatAPI is the type of the channels that customers of ours talk through.
const chatAPI = "ChatAPI"

// channel is a way in, as stored, asked for and answered.
type channel struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Type           string   `json:"type"`
	WebHookID      string   `json:"webHookId"`
	RoutingOptions *routing `json:"routingOptions"`
}

type routing struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// complete puts in the defaults and says what may not be as it is.
func (c *centre) complete(d dialect, ch *channel) error {
	var v violations
	v.require("name", ch.Name)
	v.limit("name", ch.Name, 255)
	if ch.Type == "" {
		ch.Type = chatAPI
	}
	if ch.Type != chatAPI {
		v.add("type", ch.Type, "invalid_channel_type", "Channels of type %s can't be created.", ch.Type)
	}
	v.require("webHookId", ch.WebHookID)
	if ch.WebHookID != "" {
		if _, err := c.webhookOf(d, ch.WebHookID); err != nil {
			v.add("webHookId", ch.WebHookID, "invalid_webhook", "WebHook ID %s is invalid.", ch.WebHookID)
		}
	}
	if ch.RoutingOptions == nil {
		v.require("routingOptions", "")
		return v.err()
	}
	v.require("routingOptions.type", ch.RoutingOptions.Type)
	if t := ch.RoutingOptions.Type; t != "" && t != assignedQueue {
		v.add("routingOptions.type", t, "invalid_routing_type", "Routing type %s is invalid.", t)
	}
	c.checkQueue(&v, "routingOptions.id", ch.RoutingOptions.ID)
	return v.err()
}

// checkQueue notes that there is no such queue.
func (c *centre) checkQueue(v *violations, field, id string) {
	if id == "" {
		v.require(field, id)
		return
	}
	if _, err := c.queue(id); err != nil {
		v.add(field, id, "invalid_queue", "Queue ID %s is invalid.", id)
	}
}

// showChannel is the channel as the dialect writes it: the Chat API's have no
// type.
func (d dialect) showChannel(ch *channel) any {
	if !d.flat {
		return ch
	}
	return struct {
		ID             string   `json:"id"`
		Name           string   `json:"name"`
		WebHookID      string   `json:"webHookId"`
		RoutingOptions *routing `json:"routingOptions"`
	}{ch.ID, ch.Name, ch.WebHookID, ch.RoutingOptions}
}

func (s *Simulator) listChannels(d dialect) endpoint {
	queue := func(ch *channel) string { return ch.RoutingOptions.ID }
	l := listing[*channel]{
		name: "channels",
		sort: "id:asc",
		fields: fields[*channel]{
			"id":                func(ch *channel) string { return ch.ID },
			"name":              func(ch *channel) string { return ch.Name },
			"type":              func(ch *channel) string { return ch.Type },
			"webHookId":         func(ch *channel) string { return ch.WebHookID },
			"routingOption.id":  queue, // as the vendor's example spells it
			"routingOptions.id": queue,
		},
		ordered: map[string]func(a, b *channel) int{
			"id":   func(a, b *channel) int { return byID(a.ID, b.ID) },
			"name": func(a, b *channel) int { return byID(a.Name, b.Name) },
		},
		flat: d.flat,
		show: d.showChannel,
	}
	return func(r *request) (answer, error) {
		return l.answer(r, s.centre.channelsOf(d), s.opt.MaxPageSize, s.opt.Quirks)
	}
}

func (s *Simulator) createChannel(d dialect) endpoint {
	return func(r *request) (answer, error) {
		ch := &channel{}
		if err := r.decode(ch); err != nil {
			return answer{}, err
		}
		if err := s.centre.complete(d, ch); err != nil {
			return answer{}, err
		}
		ch.ID = s.centre.ids.counted(func(id string) bool {
			_, err := s.centre.channel(id)
			return err == nil
		})
		s.centre.channels = append(s.centre.channels, ch)
		return ok(d.showChannel(ch))
	}
}

func (s *Simulator) getChannel(d dialect) endpoint {
	return func(r *request) (answer, error) {
		ch, err := s.centre.channelOf(d, r.param("id"))
		if err != nil {
			return answer{}, err
		}
		return ok(d.showChannel(ch))
	}
}

func (s *Simulator) putChannel(d dialect) endpoint {
	return func(r *request) (answer, error) {
		ch, err := s.centre.channelOf(d, r.param("id"))
		if err != nil {
			return answer{}, err
		}
		if err := r.checkMatch(); err != nil {
			return answer{}, err
		}
		next := &channel{}
		if err := r.decode(next); err != nil {
			return answer{}, err
		}
		if err := s.centre.complete(d, next); err != nil {
			return answer{}, err
		}
		next.ID = ch.ID
		*ch = *next
		return ok(d.showChannel(ch))
	}
}

// deleteChannel leaves the channel's conversations as they are; their events
// then go nowhere.
func (s *Simulator) deleteChannel(d dialect) endpoint {
	return func(r *request) (answer, error) {
		ch, err := s.centre.channelOf(d, r.param("id"))
		if err != nil {
			return answer{}, err
		}
		s.centre.channels = slices.DeleteFunc(s.centre.channels, func(one *channel) bool { return one == ch })
		return nothing()
	}
}

package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
)

// customer is someone on an 8x8 line, with one conversation for ever.
type customer struct {
	id     string
	ticket *ticket
}

// arrive begins a customer's conversation, which the channel's bot gets.
func (c *centre) arrive(id, channelID, msisdn string, user userData) *customer {
	t := c.newTicket(channelID, user)
	t.msisdn = msisdn
	one := &customer{id: id, ticket: t}
	c.customers = append(c.customers, one)
	c.tellState(t)
	c.seatBot(t)
	c.begin(t)
	c.tellMember(t, authorUser, memberJoined, authorUser)
	if t.seat == nil {
		c.enqueue(t, t.queueID)
	}
	return one
}

// seatBot lets the channel's own bot hold the ticket; without a webhook there
// is none, and the ticket is for the channel's queue.
func (c *centre) seatBot(t *ticket) {
	if w := c.hook("", t.channelID); w != nil {
		c.sit(t, &seat{webhookID: w.ID})
		return
	}
	if ch, err := c.channel(t.channelID); err == nil {
		t.queueID = ch.RoutingOptions.ID
	}
}

func (c *centre) customer(id string) (*customer, error) {
	return find(c.customers, "Customer", id, func(one *customer) string { return one.id })
}

// nextCustomer is an id that no customer has yet.
func (c *centre) nextCustomer() string {
	for n := len(c.customers) + 1; ; n++ {
		id := "c" + strconv.Itoa(n)
		if _, err := c.customer(id); err != nil {
			return id
		}
	}
}

// customerTyping tells that the customer types, or has stopped.
func (c *centre) customerTyping(t *ticket, stopped bool) {
	c.indicate(t, authorUser)
	if stopped {
		c.tellTyping(t)
		return
	}
	c.tellTyping(t, member{ID: authorUser, Type: authorUser})
}

// customerRead tells that the customer has read all so far.
func (c *centre) customerRead(t *ticket) {
	t.readUntil[authorUser] = c.now()
	c.tellActivity(t, "read-receipts", []map[string]any{{
		"timestamp": c.now().UnixMilli(),
		"users":     []member{{ID: authorUser, Type: authorUser}},
	}})
}

// pressed is what a customer can press: a quick reply by title or postback, an
// Adaptive Card's action, or something of a CPaaS channel by its name.
type pressed struct {
	Title   string          `json:"title"`
	Payload string          `json:"payload"`
	CardID  string          `json:"cardId"` // the latest Adaptive Card if empty
	Data    json.RawMessage `json:"data"`
	Execute bool            `json:"execute"` // Action.Execute, not Action.Submit
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
}

// press tells of what the customer pressed, if it was there to be pressed.
func (c *centre) press(t *ticket, p pressed) error {
	c.wake(t)
	switch {
	case p.Name != "":
		if !given(p.Value) {
			return refuse("value", "", "required", "value is required with name.")
		}
		c.tellActivity(t, p.Name, p.Value)
		return nil
	case p.Title != "" || p.Payload != "":
		reply, found := t.quickReply(p)
		if !found {
			return clash("nothing_to_press", "No quick reply %q %q was ever shown here.", p.Title, p.Payload)
		}
		c.tellActivity(t, "quickReply/action", map[string]any{
			"type": "postback", "data": map[string]string{"title": reply.Title, "payload": reply.Data.Postback},
		})
		return nil
	}
	one, err := t.pressable(p.CardID)
	if err != nil {
		return err
	}
	action := actionSubmit
	if p.Execute {
		action = actionExecute
	}
	return c.actOnCard(t, one, action, p.Data)
}

// quickReply finds the reply in the latest message that offers it.
func (t *ticket) quickReply(p pressed) (quickReply, bool) {
	for _, m := range slices.Backward(t.messages) {
		for _, one := range m.cards {
			var content quickReplies
			if one.contentType != quickRepliesType || json.Unmarshal(one.content, &content) != nil {
				continue
			}
			for _, o := range content.Options {
				if (p.Title == "" || o.Title == p.Title) && (p.Payload == "" || o.Data.Postback == p.Payload) {
					return o, true
				}
			}
		}
	}
	return quickReply{}, false
}

// pressable is the card of that id, or the latest Adaptive Card.
func (t *ticket) pressable(id string) (*card, error) {
	if id != "" {
		return t.card(id)
	}
	for _, m := range slices.Backward(t.messages) {
		for _, one := range slices.Backward(m.cards) {
			if one.contentType == adaptiveType {
				return one, nil
			}
		}
	}
	return nil, clash("nothing_to_press", "No Adaptive Card was ever shown here.")
}

// wake lets an idle ticket go on when its customer does something.
func (c *centre) wake(t *ticket) {
	if t.state == stateIdle {
		c.reopen(t)
	}
}

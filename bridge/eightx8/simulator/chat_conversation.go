package simulator

import (
	"cmp"
	"slices"
	"strings"
)

// chatConversation is a ticket as the Chat API shows it: without a state.
type chatConversation struct {
	ID           string            `json:"id"`
	ChannelID    string            `json:"channelId"`
	Customer     map[string]string `json:"customer"`
	StartTime    string            `json:"startTime"`
	Interactions []interactionView `json:"interactions"`
}

func (s *Simulator) chatView(t *ticket) chatConversation {
	return chatConversation{
		ID:           t.id,
		ChannelID:    t.channelID,
		Customer:     t.user.flat(),
		StartTime:    isoTime(t.createdAt),
		Interactions: t.viewInteractions(s.opt.Quirks),
	}
}

// The values of the status filter.
const (
	statusAll      = "all"
	statusCreated  = "created"
	statusPending  = "pending"
	statusHandling = "handling"
	statusDeleted  = "deleted"
)

// status is what the status filter calls a ticket: created, pending in a
// queue, handling by an agent, deleted when its interaction is over.
func (t *ticket) status() string {
	switch {
	case t.agentID != "":
		return statusHandling
	case t.waiting():
		return statusPending
	case t.state == stateIdle:
		return statusDeleted
	default:
		return statusCreated
	}
}

// chatListConversations lists by age, the oldest first unless asked otherwise.
func (s *Simulator) chatListConversations(r *request) (answer, error) {
	var v violations
	order := cmp.Or(r.query.Get("order"), "asc")
	if order != "asc" && order != "desc" {
		v.add("order", order, "invalid_order", "Order %s is invalid.", order)
	}
	status := cmp.Or(r.query.Get("status"), statusAll)
	if !slices.Contains([]string{statusAll, statusCreated, statusPending, statusHandling, statusDeleted}, status) {
		v.add("status", status, "invalid_status", "Status %s is invalid.", status)
	}
	if err := v.err(); err != nil {
		return answer{}, err
	}
	var views []chatConversation
	for _, t := range s.centre.tickets {
		if status != statusAll && status != t.status() {
			continue
		}
		if view := s.chatView(t); view.wanted(r) && s.centre.isChatAPI(t) {
			views = append(views, view)
		}
	}
	if order == "desc" {
		slices.Reverse(views)
	}
	l := listing[chatConversation]{flat: true}
	return l.answer(r, views, s.opt.MaxPageSize, s.opt.Quirks)
}

// wanted tells whether the query's channel and customer filters let it pass.
func (v chatConversation) wanted(r *request) bool {
	if id := r.query.Get("channel-id"); id != "" && id != v.ChannelID {
		return false
	}
	if id := r.query.Get("userId"); id != "" && id != v.Customer["customerId"] {
		return false
	}
	for name := range r.query {
		if key, of := strings.CutPrefix(name, "customer."); of && v.Customer[key] != r.query.Get(name) {
			return false
		}
	}
	return true
}

func (s *Simulator) chatGetConversation(r *request) (answer, error) {
	t, err := s.centre.chatTicket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(s.chatView(t))
}

// chatTicket is the ticket of that id, if the Chat API knows its channel.
func (c *centre) chatTicket(id string) (*ticket, error) {
	t, err := c.ticket(id)
	if err == nil && !c.isChatAPI(t) {
		return nil, missing{kind: "Conversation", id: id}
	}
	return t, err
}

// isChatAPI tells whether the ticket came in by a channel of our own.
func (c *centre) isChatAPI(t *ticket) bool { return c.channelType(t) == chatAPI }

// channelType is the type of the ticket's channel, ChatAPI if that is gone.
func (c *centre) channelType(t *ticket) string {
	ch, err := c.channel(t.channelID)
	if err != nil {
		return chatAPI
	}
	return ch.Type
}

package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// What the customers of 8x8 lines see and do. Every action answers what the
// customer sees afterwards.

// customerView is what a customer sees: nothing of queues and histories.
type customerView struct {
	ID             string     `json:"id"`
	ConversationID string     `json:"conversationId"`
	Channel        channel    `json:"channel"`
	MSISDN         string     `json:"msisdn,omitempty"`
	User           userData   `json:"user"`
	State          string     `json:"state"`
	Holder         string     `json:"holder"` // bot, queue, agent or nobody
	Typing         bool       `json:"typing"` // the bot, or it thinks
	Messages       []saidView `json:"messages"`
}

func (c *centre) showCustomer(one *customer) customerView {
	t := one.ticket
	v := customerView{
		ID: one.id, ConversationID: t.id, Channel: channel{ID: t.channelID, Type: c.channelType(t)},
		MSISDN: t.msisdn, User: t.user, State: t.state, Holder: t.holder(), Messages: c.showWhole(t).Messages,
	}
	if ch, err := c.channel(t.channelID); err == nil {
		v.Channel = *ch
	}
	v.Typing = !t.typing[authorBot].IsZero() || t.thinkingUntil.After(c.now())
	return v
}

func (s *Simulator) showCustomers(*request) (answer, error) {
	views := make([]customerView, len(s.centre.customers))
	for i, one := range s.centre.customers {
		views[i] = s.centre.showCustomer(one)
	}
	return ok(map[string]any{"customers": views})
}

func (s *Simulator) showOneCustomer(r *request) (answer, error) {
	one, err := s.centre.customer(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(s.centre.showCustomer(one))
}

// makeCustomer lets a customer arrive on a channel, named by id or name, and
// say something if there is a text.
func (s *Simulator) makeCustomer(r *request) (answer, error) {
	var req struct {
		ID      string `json:"id"`
		Channel string `json:"channel"`
		MSISDN  string `json:"msisdn"`
		Text    string `json:"text"`
		userData
	}
	if err := r.decodeStrict(&req); err != nil {
		return answer{}, err
	}
	var v violations
	if strings.ContainsAny(req.ID, "/?#") {
		v.add("id", req.ID, "invalid_id", "id: %q would not fit into a path.", req.ID)
	}
	if _, err := s.centre.customer(req.ID); err == nil {
		v.add("id", req.ID, "taken", "There is a customer %s already.", req.ID)
	}
	i := slices.IndexFunc(s.centre.channels, func(ch *channel) bool { return ch.ID == req.Channel || ch.Name == req.Channel })
	switch {
	case i < 0:
		v.add("channel", req.Channel, "invalid_channel", "There is no channel %q.", req.Channel)
	case s.centre.channels[i].Type == chatAPI:
		v.add("channel", req.Channel, "invalid_channel", "Customers of a ChatAPI channel come by 8x8's API.")
	}
	req.check(&v)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	id := req.ID
	if id == "" {
		id = s.centre.nextCustomer()
	}
	one := s.centre.arrive(id, s.centre.channels[i].ID, req.MSISDN, req.userData)
	if req.Text != "" {
		s.centre.post(one.ticket, message{author: authorUser, authorType: authorUser, text: req.Text})
	}
	return answer{status: http.StatusCreated, body: s.centre.showCustomer(one)}, nil
}

// customerRequest has the members of all actions of customers.
type customerRequest struct {
	Text    string `json:"text"`    // say
	Stopped bool   `json:"stopped"` // typing: has stopped
	pressed
	file
}

// byCustomer lets the customer in the path do something.
func (s *Simulator) byCustomer(do func(*ticket, customerRequest) error) endpoint {
	return func(r *request) (answer, error) {
		one, err := s.centre.customer(r.param("id"))
		if err != nil {
			return answer{}, err
		}
		var req customerRequest
		if len(r.body) > 0 {
			if err := r.decodeStrict(&req); err != nil {
				return answer{}, err
			}
		}
		if err := do(one.ticket, req); err != nil {
			return answer{}, err
		}
		return ok(s.centre.showCustomer(one))
	}
}

func (s *Simulator) customerSays(t *ticket, req customerRequest) error {
	if req.Text == "" {
		return refuse("text", "", "required", "text is required.")
	}
	s.centre.post(t, message{author: authorUser, authorType: authorUser, text: req.Text})
	return nil
}

func (s *Simulator) customerAttaches(t *ticket, req customerRequest) error {
	a, err := s.keep(t, req.file)
	if err != nil {
		return err
	}
	s.centre.post(t, message{author: authorUser, authorType: authorUser, text: req.Text, attachments: []*attachment{a}})
	return nil
}

func (s *Simulator) customerPresses(t *ticket, req customerRequest) error {
	return s.centre.press(t, req.pressed)
}

func (s *Simulator) customerTypes(t *ticket, req customerRequest) error {
	s.centre.customerTyping(t, req.Stopped)
	return nil
}

func (s *Simulator) customerReads(t *ticket, _ customerRequest) error {
	s.centre.customerRead(t)
	return nil
}

func (s *Simulator) customerLeaves(t *ticket, _ customerRequest) error {
	s.centre.customerLeave(t)
	return nil
}

// file is one as the control API takes it: its content in base64.
type file struct {
	Filename string `json:"filename"`
	Type     string `json:"type"` // a media type; found out if empty
	Content  []byte `json:"content"`
}

// keep stores the file with the ticket.
func (s *Simulator) keep(t *ticket, f file) (*attachment, error) {
	var v violations
	v.require("filename", f.Filename)
	if err := v.err(); err != nil {
		return nil, err
	}
	if len(f.Content) > s.opt.MaxAttachment {
		return nil, tooLarge{limit: s.opt.MaxAttachment}
	}
	return s.centre.attach(t, f.Filename, f.Type, f.Content), nil
}

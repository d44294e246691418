package simulator

import "encoding/json"

// What an agent can be told to do. Every action answers the conversation as it
// is afterwards, whole. conversationId may be left out where only one
// conversation can be meant; accept then takes the one that waits longest.

// actionRequest has the members of all actions.
type actionRequest struct {
	ConversationID string          `json:"conversationId"`
	Text           string          `json:"text"`        // say; card and attach, beside it
	Stopped        bool            `json:"stopped"`     // typing: has stopped
	Queue          string          `json:"queue"`       // transfer: to where
	LeftFirst      bool            `json:"leftFirst"`   // transfer: "agent left" before TRANSFER
	Agent          string          `json:"agent"`       // invite: whom
	ContentType    string          `json:"contentType"` // card
	Filename       string          `json:"filename"`    // attach
	Type           string          `json:"type"`        // attach
	Content        json.RawMessage `json:"content"`     // card: an object; attach: base64
}

// file is what is to be attached.
func (r actionRequest) file() (file, error) {
	f := file{Filename: r.Filename, Type: r.Type}
	if err := json.Unmarshal(r.Content, &f.Content); given(r.Content) && err != nil {
		return file{}, refuse("content", "", "invalid_content", "content is not base64: %v.", err)
	}
	return f, nil
}

// choice is how an action finds its ticket.
type choice func(a *agent, conversationID string) (*ticket, error)

// act lets the agent in the path do something with a ticket.
func (s *Simulator) act(r *request, choose choice, do func(*agent, *ticket, actionRequest) error) (answer, error) {
	a, err := s.centre.agent(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req actionRequest
	if len(r.body) > 0 {
		if err := r.decodeStrict(&req); err != nil {
			return answer{}, err
		}
	}
	t, err := choose(a, req.ConversationID)
	if err != nil {
		return answer{}, err
	}
	if err := do(a, t, req); err != nil {
		return answer{}, err
	}
	return ok(s.centre.showWhole(t))
}

func (s *Simulator) agentAccepts(r *request) (answer, error) {
	return s.act(r, s.centre.pick, func(a *agent, t *ticket, _ actionRequest) error {
		s.centre.join(a, t)
		return nil
	})
}

func (s *Simulator) agentDeclines(r *request) (answer, error) {
	return s.act(r, s.centre.pick, func(a *agent, t *ticket, _ actionRequest) error {
		s.centre.decline(a, t)
		return nil
	})
}

func (s *Simulator) agentSays(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(a *agent, t *ticket, req actionRequest) error {
		if req.Text == "" {
			return refuse("text", "", "required", "text is required.")
		}
		s.centre.say(a, t, req.Text)
		return nil
	})
}

func (s *Simulator) agentTypes(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(a *agent, t *ticket, req actionRequest) error {
		s.centre.agentTyping(a, t, req.Stopped)
		return nil
	})
}

// agentSendsCard sends one card, with a text if there is one.
func (s *Simulator) agentSendsCard(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(a *agent, t *ticket, req actionRequest) error {
		var v violations
		one := cardRequest{ContentType: req.ContentType, Content: req.Content}
		one.check(&v, "")
		if err := v.err(); err != nil {
			return err
		}
		s.centre.store(t, message{authorType: authorAgent, author: a.ID, text: req.Text, cards: []*card{one.card()}})
		return nil
	})
}

// agentAttaches sends a file, with a text if there is one.
func (s *Simulator) agentAttaches(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(a *agent, t *ticket, req actionRequest) error {
		f, err := req.file()
		if err != nil {
			return err
		}
		one, err := s.keep(t, f)
		if err != nil {
			return err
		}
		s.centre.store(t, message{authorType: authorAgent, author: a.ID, text: req.Text, attachments: []*attachment{one}})
		return nil
	})
}

// agentInvites lets another agent in, who need not serve the queue.
func (s *Simulator) agentInvites(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(_ *agent, t *ticket, req actionRequest) error {
		guest, err := s.centre.agent(req.Agent)
		if err != nil {
			return err
		}
		if guest.Away || guest.full() || t.has(guest.ID) {
			return clash("not_available", "Agent %s is away, busy or there already.", guest.ID)
		}
		s.centre.invite(guest, t)
		return nil
	})
}

func (s *Simulator) agentTransfers(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(a *agent, t *ticket, req actionRequest) error {
		if err := t.handledBy(a); err != nil {
			return err
		}
		var v violations
		s.centre.checkQueue(&v, "queue", req.Queue)
		if err := v.err(); err != nil {
			return err
		}
		s.centre.transfer(t, req.Queue, req.LeftFirst)
		return nil
	})
}

func (s *Simulator) agentLeaves(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(a *agent, t *ticket, _ actionRequest) error {
		s.centre.agentLeave(t, a.ID)
		return nil
	})
}

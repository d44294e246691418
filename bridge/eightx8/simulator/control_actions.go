package simulator

// What an agent can be told to do. Every action answers the conversation as it
// is afterwards, whole. conversationId may be left out where only one
// conversation can be meant; accept then takes the one that waits longest.

// actionRequest has the members of all actions.
type actionRequest struct {
	ConversationID string `json:"conversationId"`
	Text           string `json:"text"`      // say
	Stopped        bool   `json:"stopped"`   // typing: has stopped
	Queue          string `json:"queue"`     // transfer: to where
	LeftFirst      bool   `json:"leftFirst"` // transfer: "agent left" before TRANSFER
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

func (s *Simulator) agentTransfers(r *request) (answer, error) {
	return s.act(r, s.centre.handled, func(_ *agent, t *ticket, req actionRequest) error {
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

package simulator

// participant is someone in a conversation, or the author of a message.
type participant struct {
	ID       string `json:"id"`
	Removed  bool   `json:"removed"`
	Type     string `json:"type"`
	Language string `json:"language,omitempty"`
}

// languageOf is the language of the user; the others have none.
func (t *ticket) languageOf(authorType string) string {
	if authorType != authorUser {
		return ""
	}
	return t.user.language()
}

// participants are the user, the bot if it ever spoke, and every agent who
// ever joined.
func (t *ticket) participants() []participant {
	list := []participant{{ID: authorUser, Type: authorUser, Removed: t.userLeft, Language: t.user.language()}}
	if t.botSpoke() {
		list = append(list, participant{ID: authorBot, Type: authorBot})
	}
	seen := make(map[string]bool)
	for _, m := range t.agents {
		if !seen[m.agentID] {
			seen[m.agentID] = true
			list = append(list, participant{ID: m.agentID, Type: authorAgent, Removed: !t.has(m.agentID)})
		}
	}
	return list
}

func (s *Simulator) listParticipants(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return listing[participant]{name: "participants", top: "data"}.whole(r, t.participants(), s.opt.Quirks)
}

// removeUser is the customer's leaving.
func (s *Simulator) removeUser(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req struct {
		Removed bool `json:"removed"`
	}
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	if !req.Removed {
		return answer{}, refuse("removed", "false", "invalid_parameter", "A user can only be removed.")
	}
	s.centre.customerLeave(t)
	return nothing()
}

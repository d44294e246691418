package simulator

import "cmp"

// chatMessage is a message as the Chat API shows it: no id and no time.
type chatMessage struct {
	InteractionID string `json:"interactionId"`
	OriginalText  string `json:"originalText"`
	AuthorType    string `json:"authorType"`
	ParticipantID string `json:"participantId"`
}

// chatListMessages gives all that was said, oldest first and unpaged.
func (s *Simulator) chatListMessages(r *request) (answer, error) {
	t, err := s.centre.chatTicket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	wanted := r.query.Get("interaction-id")
	list := []chatMessage{}
	for _, m := range t.messages {
		id := t.interactionID(m.interaction)
		if wanted != "" && wanted != id {
			continue
		}
		list = append(list, chatMessage{
			InteractionID: id, OriginalText: m.text, AuthorType: m.authorType, ParticipantID: m.author,
		})
	}
	return ok(map[string]any{"messages": list})
}

// chatSendMessage answers without an id; what was said is there after the lag.
func (s *Simulator) chatSendMessage(r *request) (answer, error) {
	t, err := s.centre.chatTicket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req struct {
		AuthorType string `json:"authorType"`
		Text       string `json:"text"`
	}
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	var v violations
	author := cmp.Or(req.AuthorType, authorUser)
	checkAuthor(&v, "authorType", author)
	v.require("text", req.Text)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	said := message{author: author, authorType: author, text: req.Text, echo: true}
	s.centre.settle(r.lag, func() { s.centre.post(t, said) })
	return accepted(nil)
}

// chatParticipant is someone in a conversation.
type chatParticipant struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Language string `json:"language,omitempty"`
}

// chatListParticipants answers one participant, as the schema has it: the one
// who came last. Quirks answer them all.
func (s *Simulator) chatListParticipants(r *request) (answer, error) {
	t, err := s.centre.chatTicket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var all []chatParticipant
	for _, p := range t.participants() {
		all = append(all, chatParticipant{ID: p.ID, Type: p.Type, Language: p.Language})
	}
	if s.opt.Quirks.ParticipantArray {
		return ok(map[string]any{"participants": all})
	}
	return ok(map[string]any{"participants": all[len(all)-1]})
}

func (s *Simulator) chatLeave(r *request) (answer, error) {
	t, err := s.centre.chatTicket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	s.centre.customerLeave(t)
	return nothing()
}

package simulator

import "encoding/json"

// updateRequest changes a conversation. User stays raw because PATCH lays it
// over what is there.
type updateRequest struct {
	ChannelID  string             `json:"channelId"`
	User       json.RawMessage    `json:"user"`
	Assignment *assignmentRequest `json:"assignment"`
}

// putConversation replaces the user's data, channel and assignment that are
// given; what is left out stays.
func (s *Simulator) putConversation(r *request) (answer, error) {
	return s.update(r, func(*ticket) userData { return userData{} })
}

// patchConversation changes the members that are given, and replaces the
// additional properties if there are any.
func (s *Simulator) patchConversation(r *request) (answer, error) {
	return s.update(r, func(t *ticket) userData { return t.user.copy() })
}

// update answers what is there now: 202 promises no more than that the change
// is on its way.
func (s *Simulator) update(r *request, base func(*ticket) userData) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req updateRequest
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	user, changed := base(t), given(req.User)
	if changed {
		if err := json.Unmarshal(req.User, &user); err != nil {
			return answer{}, refuse("user", "", "invalid_json_object", "The user is malformed: %v.", err)
		}
	}
	var v violations
	user.check(&v)
	if req.Assignment != nil {
		req.Assignment.check(&v, s.centre)
	}
	if req.ChannelID != "" {
		if _, err := s.centre.channel(req.ChannelID); err != nil {
			v.add("channelId", req.ChannelID, "invalid_channel", "Channel ID %s is invalid.", req.ChannelID)
		}
	}
	if err := v.err(); err != nil {
		return answer{}, err
	}
	s.centre.settle(r.lag, func() {
		if req.ChannelID != "" {
			t.channelID = req.ChannelID
		}
		if changed {
			t.user = user
			s.centre.tellState(t)
		}
		if req.Assignment != nil {
			s.centre.assign(t, *req.Assignment)
		}
	})
	return accepted(s.centre.view(t))
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

package simulator

import "time"

// The limits of thinking, in seconds.
const (
	thinkingDefault = 60
	thinkingLongest = 600
)

// indicated is a call that shows something for a moment. Nobody is told by
// webhook: it is the caller's own doing.
func (s *Simulator) indicated(r *request, req any, check func(*ticket, *violations), show func(*ticket)) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	if len(r.body) > 0 {
		if err := r.decode(req); err != nil {
			return answer{}, err
		}
	}
	var v violations
	check(t, &v)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	show(t)
	return nothing()
}

// sendTyping shows the agent, or the customer of an 8x8 line, that the other
// is typing.
func (s *Simulator) sendTyping(r *request) (answer, error) {
	var req struct {
		AuthorType string `json:"authorType"`
	}
	return s.indicated(r, &req,
		func(_ *ticket, v *violations) { checkAuthor(v, "authorType", req.AuthorType) },
		func(t *ticket) { s.centre.indicate(t, req.AuthorType) })
}

// sendThinking shows that the bot thinks; the body may be missing.
func (s *Simulator) sendThinking(r *request) (answer, error) {
	var req struct {
		AuthorType *string `json:"authorType"`
		Seconds    *int    `json:"maxThinkingTimeSeconds"`
	}
	seconds := func() int {
		if req.Seconds == nil {
			return thinkingDefault
		}
		return *req.Seconds
	}
	return s.indicated(r, &req,
		func(_ *ticket, v *violations) {
			if author := req.AuthorType; author != nil && *author != authorBot {
				v.add("authorType", *author, "invalid_author_type", "Invalid authorType=%s, has to be bot.", *author)
			}
			v.within("maxThinkingTimeSeconds", seconds(), 1, thinkingLongest)
		},
		func(t *ticket) { t.thinkingUntil = s.centre.now().Add(time.Duration(seconds()) * time.Second) })
}

// sendReadReceipt notes until when somebody has read.
func (s *Simulator) sendReadReceipt(r *request) (answer, error) {
	var req struct {
		AuthorType string `json:"authorType"`
		ReadAt     *int64 `json:"readAt"`
	}
	return s.indicated(r, &req,
		func(t *ticket, v *violations) {
			checkAuthor(v, "authorType", req.AuthorType)
			if req.AuthorType == authorUser && !s.centre.isChatAPI(t) {
				v.add("authorType", authorUser, "invalid_author_type", "Only users of ChatAPI channels may be said to have read.")
			}
			if req.ReadAt == nil {
				v.require("readAt", "")
			}
		},
		func(t *ticket) { t.readUntil[req.AuthorType] = time.UnixMilli(*req.ReadAt) })
}

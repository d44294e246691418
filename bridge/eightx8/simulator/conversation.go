package simulator

import (
	"cmp"
	"time"
)

// conversationView is a ticket as 8x8 shows it.
type conversationView struct {
	ID         string     `json:"id"`
	ChannelID  string     `json:"channelId"`
	State      string     `json:"state"`
	Assignment assignment `json:"assignment"`
	User       userData   `json:"user"`
}

func (c *centre) view(t *ticket) conversationView {
	assigned := t.assignment()
	assigned.ResourceID = "" // in events only
	return conversationView{
		ID:         t.id,
		ChannelID:  t.channelID,
		State:      c.spell(t.state),
		Assignment: assigned,
		User:       t.user,
	}
}

// listConversations sorts by id, which says nothing about age.
func (s *Simulator) listConversations(r *request) (answer, error) {
	views := make([]conversationView, len(s.centre.tickets))
	for i, t := range s.centre.tickets {
		views[i] = s.centre.view(t)
	}
	l := listing[conversationView]{
		name: "conversations",
		sort: "id:asc",
		fields: fields[conversationView]{
			"id":              func(v conversationView) string { return v.ID },
			"channelId":       func(v conversationView) string { return v.ChannelID },
			"state":           func(v conversationView) string { return v.State },
			"assignment.id":   func(v conversationView) string { return v.Assignment.ID },
			"assignment.type": func(v conversationView) string { return v.Assignment.Type },
			"user.userId":     func(v conversationView) string { return v.User.UserID },
			"user.name":       func(v conversationView) string { return v.User.Name },
			"user.email":      func(v conversationView) string { return v.User.Email },
		},
		ordered: map[string]func(a, b conversationView) int{
			"id": func(a, b conversationView) int { return cmp.Compare(a.ID, b.ID) },
		},
	}
	return l.answer(r, views, s.opt.MaxPageSize, s.opt.Quirks)
}

func (s *Simulator) getConversation(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(s.centre.view(t))
}

// interactionView is an interaction as 8x8 shows it.
type interactionView struct {
	ID        string `json:"id"`
	StartTime string `json:"startTime"`
	EndTime   string `json:"endTime,omitempty"`
}

func (s *Simulator) listInteractions(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return listing[interactionView]{name: "interactions"}.whole(r, t.viewInteractions(s.opt.Quirks), s.opt.Quirks)
}

func (t *ticket) viewInteractions(quirks Quirks) []interactionView {
	write := isoTime
	if quirks.DateOnlyInteractions {
		write = isoDate
	}
	views := make([]interactionView, len(t.interactions))
	for i, one := range t.interactions {
		views[i] = interactionView{ID: one.id, StartTime: write(one.start), EndTime: write(one.end)}
	}
	return views
}

// isoTime writes a time as 8x8 does; empty if there is none.
func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func isoDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
)

// messageRequest is one message as it is sent, alone or in a history.
type messageRequest struct {
	AuthorType  string  `json:"authorType"`
	Text        *string `json:"text"`
	Attachments []struct {
		ID string `json:"id"`
	} `json:"attachments"`
	Cards            []json.RawMessage `json:"cards"`
	ExternalProvider json.RawMessage   `json:"externalProvider"`
}

func (m messageRequest) text() string {
	if m.Text == nil {
		return ""
	}
	return *m.Text
}

// check notes what may not be sent; path is put before the names.
func (m messageRequest) check(v *violations, path string) {
	checkAuthor(v, path+"authorType", m.AuthorType)
	for i, a := range m.Attachments {
		v.add(fmt.Sprintf("%sattachments[%d].id", path, i), a.ID, "invalid_attachment", "Attachment ID %s is invalid.", a.ID)
	}
	if len(m.Cards) > 0 {
		v.add(path+"cards", "", "not_simulated", "Cards are not simulated.")
	}
	if given(m.ExternalProvider) {
		v.add(path+"externalProvider", "", "not_simulated", "Messages of external providers are not simulated.")
	} else if m.text() == "" && len(m.Attachments)+len(m.Cards) == 0 {
		v.require(path+"text", "")
	}
}

func checkAuthor(v *violations, field, author string) {
	if author != authorUser && author != authorBot {
		v.add(field, author, "invalid_author_type", "Invalid authorType=%s, has to be one of user, bot.", author)
	}
}

// messageView is a message as 8x8 shows it.
type messageView struct {
	ID        string      `json:"id"`
	Text      string      `json:"text"`
	CreatedAt string      `json:"createdAt"`
	Author    participant `json:"author"`
}

func (t *ticket) viewMessage(m message) messageView {
	return messageView{
		ID: m.id, Text: m.text, CreatedAt: isoTime(m.at),
		Author: participant{ID: m.author, Type: m.authorType, Language: t.languageOf(m.authorType)},
	}
}

// listMessages gives all that was ever said, the history included.
func (s *Simulator) listMessages(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	type placed struct {
		messageView
		place int // messages of one moment stay in their order
	}
	items := make([]placed, len(t.messages))
	for i, m := range t.messages {
		items[i] = placed{messageView: t.viewMessage(m), place: i}
	}
	l := listing[placed]{
		name:    "messages",
		top:     "messages",
		sort:    "createdAt:desc",
		ordered: map[string]func(a, b placed) int{"createdAt": func(a, b placed) int { return a.place - b.place }},
	}
	return l.answer(r, items, s.opt.MaxPageSize, s.opt.Quirks)
}

func (s *Simulator) getMessage(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	id := r.param("messageId")
	i := slices.IndexFunc(t.messages, func(m message) bool { return m.id == id })
	if i < 0 {
		return answer{}, missing{kind: "Message", id: id}
	}
	return ok(t.viewMessage(t.messages[i]))
}

// sendMessage answers without an id; what was said is there after the lag.
func (s *Simulator) sendMessage(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	var req messageRequest
	if err := r.decode(&req); err != nil {
		return answer{}, err
	}
	var v violations
	req.check(&v, "")
	if err := v.err(); err != nil {
		return answer{}, err
	}
	s.centre.settle(r.lag, func() { s.centre.post(t, req.AuthorType, req.text()) })
	return accepted(nil)
}

package simulator

import "fmt"

// messageRequest is one message as it is sent, alone or in a history.
type messageRequest struct {
	AuthorType  string  `json:"authorType"`
	Text        *string `json:"text"`
	Attachments []struct {
		ID string `json:"id"`
	} `json:"attachments"`
	Cards            []cardRequest     `json:"cards"`
	ExternalProvider *externalProvider `json:"externalProvider"`
}

// externalProvider names a message that lives elsewhere: on X alone.
type externalProvider struct {
	Name string `json:"name"`
	ID   string `json:"externalMessageId"`
}

func (m messageRequest) text() string {
	if m.Text == nil {
		return ""
	}
	return *m.Text
}

// message is what is sent, once it is checked; t has the attachments.
func (m messageRequest) message(t *ticket) message {
	said := message{author: m.AuthorType, authorType: m.AuthorType, text: m.text(), echo: true, external: m.ExternalProvider}
	for _, ref := range m.Attachments {
		if a, err := t.attachment(ref.ID); err == nil {
			said.attachments = append(said.attachments, a)
		}
	}
	for _, c := range m.Cards {
		said.cards = append(said.cards, c.card())
	}
	return said
}

// check notes what may not be sent; path is put before the names, and t has
// the attachments.
func (m messageRequest) check(v *violations, path string, t *ticket) {
	checkAuthor(v, path+"authorType", m.AuthorType)
	for i, ref := range m.Attachments {
		if _, err := t.attachment(ref.ID); err != nil {
			v.add(fmt.Sprintf("%sattachments[%d].id", path, i), ref.ID, "invalid_attachment", "Attachment ID %s is invalid.", ref.ID)
		}
	}
	for i, c := range m.Cards {
		c.check(v, fmt.Sprintf("%scards[%d].", path, i))
	}
	switch x := m.ExternalProvider; {
	case x != nil:
		x.check(v, path, m.text())
	case m.text() == "" && len(m.Attachments)+len(m.Cards) == 0:
		v.require(path+"text", "")
	}
}

func (x externalProvider) check(v *violations, path, text string) {
	if x.Name != "X" {
		v.add(path+"externalProvider.name", x.Name, "invalid_provider", "Provider %s is not supported.", x.Name)
	}
	v.require(path+"externalProvider.externalMessageId", x.ID)
	if text != "" {
		v.add(path+"text", "", "invalid_message", "A message has a text or an external provider, not both.")
	}
}

func checkAuthor(v *violations, field, author string) {
	if author != authorUser && author != authorBot {
		v.add(field, author, "invalid_author_type", "Invalid authorType=%s, has to be one of user, bot.", author)
	}
}

// checkSpeaker lets nobody but the bot speak for us on an 8x8 line: its user
// speaks for itself.
func (c *centre) checkSpeaker(v *violations, t *ticket, author string) {
	if author == authorUser && !c.isChatAPI(t) {
		v.add("authorType", author, "invalid_author_type", "Only users of ChatAPI channels are spoken for.")
	}
}

// messageView is a message as 8x8 shows it.
type messageView struct {
	ID        string      `json:"id"`
	Text      string      `json:"text"`
	CreatedAt string      `json:"createdAt"`
	Author    participant `json:"author"`

	Attachments []attachmentRef   `json:"attachments,omitempty"`
	Cards       []cardView        `json:"cards,omitempty"`
	External    *externalProvider `json:"externalProvider,omitempty"`
}

type attachmentRef struct {
	ID string `json:"id"`
}

func (t *ticket) viewMessage(m message) messageView {
	v := messageView{
		ID: m.id, Text: m.text, CreatedAt: isoTime(m.at),
		Author: participant{ID: m.author, Type: m.authorType, Language: t.languageOf(m.authorType)},
		Cards:  viewCards(m.cards), External: m.external,
	}
	for _, a := range m.attachments {
		v.Attachments = append(v.Attachments, attachmentRef{ID: a.id})
	}
	return v
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
		bare:    true,
		sort:    "createdAt:desc",
		ordered: map[string]func(a, b placed) int{"createdAt": func(a, b placed) int { return a.place - b.place }},
	}
	return l.answer(r, items, s.opt.MaxPageSize, s.opt.Quirks)
}

// messageOf is the message that the path names.
func (s *Simulator) messageOf(r *request) (message, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return message{}, err
	}
	return find(t.messages, "Message", r.param("messageId"), func(m message) string { return m.id })
}

func (s *Simulator) getMessage(r *request) (answer, error) {
	m, err := s.messageOf(r)
	if err != nil {
		return answer{}, err
	}
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(t.viewMessage(m))
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
	req.check(&v, "", t)
	s.centre.checkSpeaker(&v, t, req.AuthorType)
	if err := v.err(); err != nil {
		return answer{}, err
	}
	s.centre.settle(r.lag, func() { s.centre.post(t, req.message(t)) })
	return accepted(nil)
}

package simulator

import "time"

// What the control API shows.

type queueView struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Waiting []string `json:"waiting"` // conversations, longest wait first
}

type agentView struct {
	Agent
	Handling []string `json:"handling"` // conversations, oldest first
}

// ticketView is everything about a ticket. Holder is bot, queue, agent or
// nobody.
type ticketView struct {
	ID           string            `json:"id"`
	ChannelID    string            `json:"channelId"`
	State        string            `json:"state"`
	Holder       string            `json:"holder"`
	Queue        Queue             `json:"queue"`
	Agent        string            `json:"agent,omitempty"`
	Guests       []string          `json:"guests,omitempty"`     // agents in it besides
	AfterAgent   string            `json:"afterAgent,omitempty"` // the webhook that gets it then
	BotWebhook   string            `json:"botWebhook,omitempty"` // the webhook whose bot holds it
	CreatedAt    string            `json:"createdAt"`
	WaitingSince string            `json:"waitingSince,omitempty"`
	UserLeft     bool              `json:"userLeft"`
	User         userData          `json:"user"`
	Typing       map[string]string `json:"typing"`              // author type → last told
	ReadUntil    map[string]string `json:"readUntil,omitempty"` // author type → until when
	Thinking     string            `json:"thinkingUntil,omitempty"`
	Agents       []stayView        `json:"agents"`
	Interactions []interactionView `json:"interactions"`
	Messages     []saidView        `json:"messages,omitempty"`
	Count        int               `json:"messageCount"`
}

type stayView struct {
	ID     string `json:"id"`
	Joined string `json:"joinedAt"`
	Left   string `json:"leftAt,omitempty"`
}

type saidView struct {
	ID         string `json:"id"`
	Author     string `json:"author"`
	AuthorType string `json:"authorType"`
	Text       string `json:"text"`
	At         string `json:"at"`
	History    bool   `json:"history"`

	Attachments []fileView        `json:"attachments,omitempty"`
	Cards       []cardView        `json:"cards,omitempty"`
	External    *externalProvider `json:"externalProvider,omitempty"`
}

type fileView struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
	Type     string `json:"type"`
	Size     int    `json:"size"`
	URL      string `json:"url"`
}

func (c *centre) showQueue(q *Queue) queueView {
	v := queueView{ID: q.ID, Name: q.Name, Waiting: []string{}}
	for _, t := range c.waiting {
		if t.queueID == q.ID {
			v.Waiting = append(v.Waiting, t.id)
		}
	}
	return v
}

func (a *agent) show() agentView {
	v := agentView{Agent: a.Agent, Handling: []string{}}
	for _, t := range a.handling {
		v.Handling = append(v.Handling, t.id)
	}
	return v
}

// show is the ticket without what was said in it.
func (c *centre) show(t *ticket) ticketView {
	v := ticketView{
		ID: t.id, ChannelID: t.channelID, State: t.state, Holder: t.holder(),
		Queue: Queue{ID: t.queueID, Name: t.queueID}, Agent: t.agentID,
		CreatedAt: isoTime(t.createdAt), WaitingSince: isoTime(t.waitingSince),
		UserLeft: t.userLeft, User: t.user, Typing: make(map[string]string),
		Agents: []stayView{}, Interactions: []interactionView{}, Count: len(t.messages),
	}
	if q, err := c.queue(t.queueID); err == nil {
		v.Queue = *q
	}
	for author, at := range t.typing {
		v.Typing[author] = isoTime(at)
	}
	v.Guests, v.Thinking, v.ReadUntil = t.guests, isoTime(t.thinkingUntil), make(map[string]string)
	for author, at := range t.readUntil {
		v.ReadUntil[author] = isoTime(at)
	}
	if t.next != nil {
		v.AfterAgent = t.next.webhookID
	}
	if t.seat != nil {
		v.BotWebhook = t.seat.webhookID
	}
	for _, m := range t.agents {
		v.Agents = append(v.Agents, stayView{ID: m.agentID, Joined: isoTime(m.joined), Left: isoTime(m.left)})
	}
	for _, i := range t.interactions {
		v.Interactions = append(v.Interactions, interactionView{ID: i.id, StartTime: isoTime(i.start), EndTime: isoTime(i.end)})
	}
	return v
}

// showWhole adds all that was said.
func (c *centre) showWhole(t *ticket) ticketView {
	v := c.show(t)
	v.Messages = []saidView{}
	for _, m := range t.messages {
		v.Messages = append(v.Messages, c.showSaid(t, m))
	}
	return v
}

func (c *centre) showSaid(t *ticket, m message) saidView {
	v := saidView{
		ID: m.id, Author: m.author, AuthorType: m.authorType, Text: m.text, At: isoTime(m.at), History: m.history,
		External: m.external,
	}
	for _, one := range m.cards {
		v.Cards = append(v.Cards, one.whole())
	}
	for _, a := range m.attachments {
		v.Attachments = append(v.Attachments, fileView{
			ID: a.id, Filename: a.filename, Type: a.mediaType, Size: len(a.content), URL: c.preSigned(t, a),
		})
	}
	return v
}

func (t *ticket) holder() string {
	switch {
	case t.agentID != "":
		return "agent"
	case t.waiting():
		return "queue"
	case t.seat != nil:
		return "bot"
	default:
		return "nobody"
	}
}

func (s *Simulator) showState(*request) (answer, error) {
	held := map[string]int{"bot": 0, "queue": 0, "agent": 0, "nobody": 0}
	for _, t := range s.centre.tickets {
		held[t.holder()]++
	}
	events := make(map[string]int)
	for _, e := range s.journal.events {
		events[e.State]++
	}
	queues, agents := s.queueViews(), s.agentViews()
	return ok(map[string]any{
		"now": s.opt.Clock.Now().UTC().Format(time.RFC3339Nano), "running": s.running,
		"tenant": s.opt.Tenant, "customer": s.opt.Customer, "keyId": s.signer.kid,
		"webhooks": listed(s.centre.webhooks), "channels": listed(s.centre.channels),
		"queues": queues, "agents": agents, "conversations": held, "events": events,
		"requests": s.journal.seen, "faults": listed(s.faults.rules),
	})
}

func (s *Simulator) showTickets(*request) (answer, error) {
	views := make([]ticketView, len(s.centre.tickets))
	for i, t := range s.centre.tickets {
		views[i] = s.centre.show(t)
	}
	return ok(map[string]any{"conversations": views})
}

func (s *Simulator) showTicket(r *request) (answer, error) {
	t, err := s.centre.ticket(r.param("id"))
	if err != nil {
		return answer{}, err
	}
	return ok(s.centre.showWhole(t))
}

// listed makes an absent list an empty one.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

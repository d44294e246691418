package directline

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// pageSize is how many journal entries are read at once, hidden ones included.
const pageSize = 64

// page reads the journal on after number after, for a client that reaches the
// server at base. more: there may be further entries behind the page.
func (s *Server) page(ctx context.Context, conv lifecycle.Conversation, base string, after int64) (set activitySet, through int64, more bool, err error) {
	entries, err := s.engine.Entries(ctx, conv.ID, after, pageSize)
	if err != nil {
		return activitySet{}, after, false, err
	}
	set.Activities, through = []activity{}, after
	for _, e := range entries {
		if a, ok := show(conv, e, s.linker(base)); ok {
			set.Activities = append(set.Activities, a)
		}
		through = e.Number
	}
	set.Watermark = strconv.FormatInt(through, 10)
	return set, through, len(entries) == pageSize, nil
}

// activities: GET /conversations/{id}/activities?watermark=. One page; the
// client asks on with its watermark. Pages without anything to show are
// skipped, so an answer without activities is the end.
func (s *Server) activities(c *gin.Context) (int, any, error) {
	g, id, err := s.enter(c)
	if err != nil {
		return 0, nil, err
	}
	conv, err := s.find(c, g, id)
	if err != nil {
		return 0, nil, err
	}
	after, _, err := s.watermark(c, conv)
	if err != nil {
		return 0, nil, err
	}
	for {
		set, through, more, err := s.page(c.Request.Context(), conv, s.base(c.Request), after)
		if err != nil {
			return 0, nil, err
		}
		if len(set.Activities) > 0 || !more {
			s.metrics.shown.Add(float64(len(set.Activities)))
			return http.StatusOK, set, nil
		}
		after = through
	}
}

// post: POST /conversations/{id}/activities. Answered once durable; a repeat
// with the same clientActivityID happens once and gets the same answer.
func (s *Server) post(c *gin.Context) (int, any, error) {
	g, id, err := s.enter(c)
	if err != nil {
		return 0, nil, err
	}
	if err := s.may(g.channel.meters.posts, id); err != nil {
		return 0, nil, err
	}
	var p posted
	empty, err := readBody(c, &p)
	if err != nil {
		return 0, nil, err
	}
	if empty {
		return 0, nil, missingProperty("activity")
	}
	if err := p.From.check(); err != nil {
		return 0, nil, err
	}
	customer, err := s.poster(c, g, id, p.From)
	if err != nil {
		return 0, nil, err
	}
	ctx := c.Request.Context()
	switch p.Type {
	case typeTyping:
		t := bridge.Typing{Author: bot.AuthorCustomer}
		if customer != nil {
			t.AuthorID, t.Name = customer.ID, customer.Name
		}
		s.engine.Typing(ctx, id, t)
		return http.StatusOK, passing(id), nil
	case typeConversationUpdate:
		return http.StatusOK, passing(id), nil
	}
	ev, err := p.event()
	if err != nil {
		return 0, nil, err
	}
	s.place(&ev, g, id, customer)
	if ev.Message != nil {
		if err := s.keepData(ctx, ev); err != nil {
			return 0, nil, err
		}
	}
	return s.receive(ctx, ev)
}

// place says where and when an event happened, and to whom.
func (s *Server) place(ev *lifecycle.Event, g grant, id bot.ConversationID, customer *bot.Customer) {
	ev.ID, ev.At = eventID(id, ev.ClientID), s.clock.Now()
	ev.Conversation, ev.Channel, ev.Customer = id, g.channel.name, customer
	if ev.Message != nil {
		ev.Message.At = ev.At
	}
}

// receive takes an event in, and answers once it is durable.
func (s *Server) receive(ctx context.Context, ev lifecycle.Event) (int, any, error) {
	number, err := s.engine.Receive(ctx, ev)
	if err != nil {
		return 0, nil, err
	}
	s.metrics.posted.Inc()
	if number == 0 { // a repeat of long ago
		return http.StatusOK, passing(ev.Conversation), nil
	}
	return http.StatusOK, gin.H{"id": activityID(ev.Conversation, number)}, nil
}

// poster is who posts; nil: nobody who need be named. A secret is good for its
// own channel's conversations only. A token that names no user speaks for
// whom the conversation knows, or else for whom its first activity names. A
// token with a user needs no look-up: its conversation is its channel's, and
// begins with what is posted if it has not begun.
func (s *Server) poster(c *gin.Context, g grant, id bot.ConversationID, from account) (*bot.Customer, error) {
	if err := s.mayPost(c, id); err != nil {
		return nil, err
	}
	if g.token != nil && g.token.User != "" {
		return g.customer(from), nil
	}
	conv, err := s.find(c, g, id)
	if err != nil && (g.token == nil || faultOf(err).code != codeConversationNotFound) {
		return nil, err
	}
	if g.token != nil && conv.Customer.ID != "" {
		return nil, nil
	}
	return g.customer(from), nil
}

// passing is the answer for what is not in the journal.
func passing(id bot.ConversationID) gin.H {
	return gin.H{"id": string(id) + "|" + rand.Text()}
}

// eventID makes a post that is repeated happen once, if its client gave it an
// id.
func eventID(id bot.ConversationID, client string) string {
	if client == "" {
		client = rand.Text()
	}
	return "dl:" + string(id) + ":" + client
}

package directline

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// start: POST /conversations. The conversation of the token, or with a secret
// a new one, begins, at most once: repeated, the answer is 200 instead of 201.
// The stream that it names shows everything from the start, so the greeting is
// seen even if it was said before the stream was opened.
func (s *Server) start(c *gin.Context) (int, any, error) {
	g, err := s.grant(c.Request)
	if err != nil {
		return 0, nil, err
	}
	if err := s.mayStart(g, c.Request); err != nil {
		return 0, nil, err
	}
	p, err := readParameters(c)
	if err != nil {
		return 0, nil, err
	}
	id := newConversationID()
	if g.token != nil {
		id = g.token.Conversation
		conv, err := s.find(c, g, id)
		if err == nil {
			return s.startAgain(c, g, p, conv)
		}
		if !errors.Is(err, bridge.ErrNotFound) {
			return 0, nil, err
		}
	}
	if err := s.mayBegin(c); err != nil {
		return 0, nil, err
	}
	cl, err := g.claim(id, p)
	if err != nil {
		return 0, nil, err
	}
	_, err = s.engine.Receive(c.Request.Context(), lifecycle.Event{
		ID:           startedID(id),
		Kind:         lifecycle.EventStarted,
		At:           s.clock.Now(),
		Conversation: id,
		Channel:      g.channel.name,
		Customer:     g.customer(p.User),
		Language:     languageOf(p.Locale),
	})
	if err != nil {
		return 0, nil, err
	}
	s.log.Debug("conversation started", "channel", g.channel.name, "conversation", id)
	return http.StatusCreated, s.withStream(c, s.grantToken(g, cl), 0), nil
}

// startAgain answers a repeated start. A token that names no user is bound to
// one only as long as the conversation has none.
func (s *Server) startAgain(c *gin.Context, g grant, p parameters, conv lifecycle.Conversation) (int, any, error) {
	if conv.Customer.ID != "" {
		p.User = account{}
	}
	cl, err := g.claim(conv.ID, p)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.withStream(c, s.grantToken(g, cl), 0), nil
}

// reconnect: GET /conversations/{id}?watermark=. A new token and a stream that
// goes on after the watermark; without one, from now on. With a secret the
// token is the conversation's customer's: how a server lets one return.
func (s *Server) reconnect(c *gin.Context) (int, any, error) {
	g, id, err := s.enter(c)
	if err != nil {
		return 0, nil, err
	}
	if err := s.may(g.channel.meters.returns, id); err != nil {
		return 0, nil, err
	}
	conv, err := s.find(c, g, id)
	if err != nil {
		return 0, nil, err
	}
	after, given, err := s.watermark(c, conv)
	if err != nil {
		return 0, nil, err
	}
	if !given {
		after = conv.Number
	}
	cl := claims{Conversation: id, User: conv.Customer.ID, Name: conv.Customer.Name, Verified: conv.Customer.Verified}
	if g.token != nil {
		cl = *g.token
	}
	return http.StatusOK, s.withStream(c, s.grantToken(g, cl), after), nil
}

// withStream adds the address of a stream that goes on after number after.
func (s *Server) withStream(c *gin.Context, conv conversation, after int64) conversation {
	query := url.Values{"watermark": {strconv.FormatInt(after, 10)}, "t": {conv.Token}}
	// http becomes ws, and https wss
	conv.StreamURL = "ws" + strings.TrimPrefix(s.base(c.Request), "http") +
		"/v3/directline/conversations/" + url.PathEscape(string(conv.ID)) + "/stream?" + query.Encode()
	return conv
}

// watermark reads the query's watermark: the journal number after which to go
// on. Empty and "-", which clients send before they have seen any, mean the
// start; given says whether there is one at all. One that the journal has not
// come to is of before the conversation was erased: all is new since.
func (s *Server) watermark(c *gin.Context, conv lifecycle.Conversation) (after int64, given bool, err error) {
	text, given := c.GetQuery("watermark")
	if text == "" || text == "-" {
		return 0, given, nil
	}
	after, err = strconv.ParseInt(text, 10, 64)
	if err != nil || after < 0 {
		return 0, true, badArgument("the watermark is not one of ours")
	}
	if after <= conv.Number {
		return after, true, nil
	}
	// Or it is the view that is behind.
	reached, err := s.engine.Entries(c.Request.Context(), conv.ID, after-1, 1)
	if err == nil && len(reached) == 0 {
		after = 0
	}
	return after, true, err
}

// startedID is the id of the event that begins a conversation. No posted
// activity's id is equal to it: those have a colon behind the conversation.
func startedID(id bot.ConversationID) string { return "dl:" + string(id) }

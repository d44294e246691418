package directline

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxUser is the longest id or name of a user, in bytes.
const maxUser = 256

// grant is what a request may do, by the secret or token it came with.
type grant struct {
	channel *channel
	// token; nil: a secret, good for every conversation of the channel.
	token *claims
	// origin of the web page that the request comes from; empty: none.
	origin string
}

// grant reads the request's Authorization.
func (s *Server) grant(r *http.Request) (grant, error) {
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given = strings.TrimSpace(given)
	if !strings.EqualFold(scheme, "Bearer") || given == "" {
		return grant{}, unauthorized()
	}
	if c, ok := s.channels.Load().secret(given); ok {
		return grant{channel: c, origin: r.Header.Get("Origin")}.checked()
	}
	return s.tokenGrant(r, given)
}

// tokenGrant reads a token; secrets are refused.
func (s *Server) tokenGrant(r *http.Request, token string) (grant, error) {
	c, cl, err := s.channels.Load().verify(token, s.clock.Now())
	if err != nil {
		return grant{}, err
	}
	return grant{channel: c, token: &cl, origin: r.Header.Get("Origin")}.checked()
}

func (g grant) checked() (grant, error) {
	if !g.trusts() {
		return grant{}, originNotTrusted()
	}
	return g, nil
}

// enter is the way into one conversation: the request's grant, and the
// conversation that its path names and its grant is good for.
func (s *Server) enter(c *gin.Context) (grant, bot.ConversationID, error) {
	g, err := s.grant(c.Request)
	if err != nil {
		return grant{}, "", err
	}
	id := pathID(c)
	return g, id, g.admits(id)
}

// maxID is more than the id of a conversation has, in bytes.
const maxID = 64

// pathID is the conversation that the path names. It is a copy: whoever keeps
// account of the id would keep all of the request's first line with it.
func pathID(c *gin.Context) bot.ConversationID {
	return bot.ConversationID(strings.Clone(c.Param("id")))
}

// admits refuses what another conversation's token asks for, and what no
// conversation is called.
func (g grant) admits(id bot.ConversationID) error {
	if len(id) > maxID {
		return conversationNotFound()
	}
	if g.token != nil && g.token.Conversation != id {
		return forbidden("the token belongs to another conversation")
	}
	return nil
}

// find reads a conversation of the grant's channel. Another channel's is not
// found.
func (s *Server) find(c *gin.Context, g grant, id bot.ConversationID) (lifecycle.Conversation, error) {
	conv, err := s.engine.Conversation(c.Request.Context(), id)
	if err != nil {
		return lifecycle.Conversation{}, err
	}
	if conv.Channel != g.channel.name {
		return lifecycle.Conversation{}, conversationNotFound()
	}
	return conv, nil
}

// account is a party as Direct Line writes it.
type account struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Role string `json:"role,omitempty"`
}

func (a account) check() error {
	for what, text := range map[string]string{"id": a.ID, "name": a.Name} {
		if len(text) > maxUser || !utf8.ValidString(text) || strings.ContainsFunc(text, control) {
			return badArgument("the user's %s must be text of at most %d bytes", what, maxUser)
		}
	}
	return nil
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// customer is who a request speaks for: the token's user, whatever from says;
// without one, and for a secret, whom from names. Only a server that holds a
// secret vouches for an id: with a secret inside a web page, anybody could.
// nil: nobody is named.
func (g grant) customer(from account) *bot.Customer {
	switch {
	case g.token != nil && g.token.User != "":
		name := g.token.Name
		if name == "" && !g.token.Verified {
			name = from.Name
		}
		return &bot.Customer{ID: g.token.User, Name: name, Verified: g.token.Verified}
	case from.ID == "":
		return nil
	}
	return &bot.Customer{ID: from.ID, Name: from.Name, Verified: g.token == nil && g.origin == ""}
}

package directline

import (
	"crypto/rand"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// maxOrigins is how many origins a token may name.
const maxOrigins = 10

// parameters is the body of the calls that give a token. All of it may be
// left out.
type parameters struct {
	User           account  `json:"user"`
	TrustedOrigins []string `json:"trustedOrigins"`
	// Locale that the customer speaks; only where a conversation begins.
	Locale string `json:"locale"`
}

// conversation is the answer of the calls that give a token.
type conversation struct {
	ID        bot.ConversationID `json:"conversationId"`
	Token     string             `json:"token"`
	ExpiresIn int                `json:"expires_in"`
	StreamURL string             `json:"streamUrl,omitempty"`
}

// generate: POST /tokens/generate. A server's page gets a token, and nothing
// begins yet.
func (s *Server) generate(c *gin.Context) (int, any, error) {
	g, err := s.grant(c.Request)
	if err != nil {
		return 0, nil, err
	}
	if g.token != nil {
		return 0, nil, forbidden("a secret is needed; a token is renewed by tokens/refresh")
	}
	if err := s.mayBegin(c); err != nil {
		return 0, nil, err
	}
	if err := s.mayStart(g, c.Request); err != nil {
		return 0, nil, err
	}
	p, err := readParameters(c)
	if err != nil {
		return 0, nil, err
	}
	cl, err := g.claim(newConversationID(), p)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.grantToken(g, cl), nil
}

// refresh: POST /tokens/refresh. The same token with a new life.
func (s *Server) refresh(c *gin.Context) (int, any, error) {
	g, err := s.grant(c.Request)
	if err != nil {
		return 0, nil, err
	}
	if g.token == nil {
		return 0, nil, forbidden("a token is needed; a secret does not expire")
	}
	if err := s.may(g.channel.meters.returns, g.token.Conversation); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.grantToken(g, *g.token), nil
}

// claim says what a new token claims for a conversation of the grant's.
func (g grant) claim(id bot.ConversationID, p parameters) (claims, error) {
	if len(p.TrustedOrigins) > maxOrigins {
		return claims{}, badArgument("at most %d trusted origins are taken", maxOrigins)
	}
	cl := claims{Conversation: id}
	if g.token != nil {
		cl = *g.token
	}
	for _, given := range p.TrustedOrigins {
		origin, ok := cleanOrigin(given)
		if !ok || len(origin) > maxUser {
			return claims{}, badArgument("a trusted origin must look like https://www.example.com")
		}
		if g.token == nil { // a token's holder can't widen it
			cl.Origins = append(cl.Origins, origin)
		}
	}
	if customer := g.customer(p.User); customer != nil {
		cl.User, cl.Name, cl.Verified = customer.ID, customer.Name, customer.Verified
	}
	return cl, nil
}

func (s *Server) grantToken(g grant, cl claims) conversation {
	return conversation{
		ID:        cl.Conversation,
		Token:     g.channel.sign(cl, s.clock.Now()),
		ExpiresIn: int(g.channel.life.Seconds()),
	}
}

// newConversationID mints an id of 130 random bits, in letters and digits.
func newConversationID() bot.ConversationID { return bot.ConversationID(rand.Text()) }

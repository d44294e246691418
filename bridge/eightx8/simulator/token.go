package simulator

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// tokens are the access tokens that were given out. Not safe for concurrent
// use.
type tokens struct {
	expiry map[string]time.Time
}

// issue remembers a token and forgets those that are over.
func (t *tokens) issue(token string, now, until time.Time) {
	for known, expiry := range t.expiry {
		if !expiry.After(now) {
			delete(t.expiry, known)
		}
	}
	if t.expiry == nil {
		t.expiry = make(map[string]time.Time)
	}
	t.expiry[token] = until
}

// valid tells whether the token was given out and is not over yet.
func (t *tokens) valid(token string, now time.Time) bool {
	expiry, known := t.expiry[token]
	return known && expiry.After(now)
}

// revoke forgets a token, all of them if none is named, and says how many.
func (t *tokens) revoke(token string) int {
	before := len(t.expiry)
	if token == "" {
		t.expiry = nil
	}
	delete(t.expiry, token)
	return before - len(t.expiry)
}

// tokenAnswer is a token, with all numbers as text.
type tokenAnswer struct {
	RefreshExpiresIn string   `json:"refresh_token_expires_in"`
	Products         []string `json:"api_product_list"`
	Organization     string   `json:"organization_name"`
	Type             string   `json:"token_type"`
	IssuedAt         string   `json:"issued_at"` // milliseconds
	ClientID         string   `json:"client_id"`
	AccessToken      string   `json:"access_token"`
	Application      string   `json:"application_name"`
	Scope            string   `json:"scope"`
	ExpiresIn        string   `json:"expires_in"` // seconds
	RefreshCount     string   `json:"refresh_count"`
	Status           string   `json:"status"`
}

// tokenProblem is how the token address refuses.
type tokenProblem struct {
	Code    string `json:"ErrorCode"`
	Message string `json:"Error"`
}

// issueToken gives a token for a key and its secret.
func (s *Simulator) issueToken(c *gin.Context) {
	r, err := s.read(c)
	if err != nil {
		refuseToken(c, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	key, secret, _ := c.Request.BasicAuth()
	if !s.knows(Credential{Key: key, Secret: secret}) {
		refuseToken(c, http.StatusUnauthorized, "invalid_client", "Client credentials are invalid")
		return
	}
	kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	form, err := url.ParseQuery(string(r.body))
	if kind != "application/x-www-form-urlencoded" || err != nil {
		refuseToken(c, http.StatusBadRequest, "invalid_request", "The body is not a form")
		return
	}
	if grant := form.Get("grant_type"); grant != "client_credentials" {
		refuseToken(c, http.StatusBadRequest, "invalid_request", "Unsupported grant type : "+grant)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock.Now()
	token := s.centre.ids.opaque()
	s.tokens.issue(token, now, now.Add(s.opt.TokenLife))
	writeJSON(c.Writer, http.StatusOK, jsonType, tokenAnswer{
		RefreshExpiresIn: "0", Products: []string{"vcc"}, Organization: "simulator", Type: "BearerToken",
		IssuedAt: strconv.FormatInt(now.UnixMilli(), 10), ClientID: key, AccessToken: token, Application: key,
		ExpiresIn: strconv.Itoa(int(s.opt.TokenLife.Seconds())), RefreshCount: "0", Status: "approved",
	})
}

func refuseToken(c *gin.Context, status int, code, message string) {
	writeJSON(c.Writer, status, problemType, tokenProblem{Code: code, Message: message})
}

// knows tells whether the credential is one of those that are let in.
func (s *Simulator) knows(given Credential) bool {
	for _, c := range s.opt.Credentials {
		key := subtle.ConstantTimeCompare([]byte(given.Key), []byte(c.Key))
		secret := subtle.ConstantTimeCompare([]byte(given.Secret), []byte(c.Secret))
		if key&secret == 1 {
			return true
		}
	}
	return false
}

// bearer is the token that a call carries.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

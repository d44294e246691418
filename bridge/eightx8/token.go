package eightx8

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/patchbay-host/patchbay/bridge"
)

// How long a token is used: a little less than it lasts, and this long if its
// answer does not say.
const (
	tokenMargin  = time.Minute
	tokenDefault = 10 * time.Minute
)

// tokens is the chat-api's credential: a bearer token, fetched with key and
// secret when it is first needed, again before it expires and when 8x8 refuses
// it (8x8 contract, "Two dialects of one service", auth). One request for a
// token is under way at a time; whoever else needs one waits for it.
type tokens struct {
	client *client // signs with key and secret
	clock  bridge.Clock

	mu     sync.Mutex
	token  string
	until  time.Time
	flight *tokenFlight
}

// tokenFlight is a request for a token; token and err hold once done is
// closed.
type tokenFlight struct {
	done  chan struct{}
	token string
	err   error
}

// tokenAnswer has its numbers as texts.
type tokenAnswer struct {
	AccessToken scalar `json:"access_token"`
	ExpiresIn   scalar `json:"expires_in"`
}

// newTokens makes the credential; base is a client for the base URL.
func newTokens(base client, key, secret string) *tokens {
	base.auth = basicAuth{
		header:   "Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"+secret)),
		key:      key,
		password: secret,
	}
	return &tokens{client: &base, clock: base.clock}
}

func (t *tokens) secret(ctx context.Context) (string, error) {
	t.mu.Lock()
	if t.token != "" && t.clock.Now().Before(t.until) {
		defer t.mu.Unlock()
		return t.token, nil
	}
	flight := t.flight
	if flight == nil {
		flight = &tokenFlight{done: make(chan struct{})}
		t.flight = flight
		go t.fetch(context.WithoutCancel(ctx), flight)
	}
	t.mu.Unlock()
	select {
	case <-flight.done:
		return flight.token, flight.err
	case <-ctx.Done():
		return "", &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: fmt.Errorf("fetch token: %w", ctx.Err())}
	}
}

// fetch asks for a token and lets those who wait go on. It outlives the call
// that caused it.
func (t *tokens) fetch(ctx context.Context, flight *tokenFlight) {
	begun := t.clock.Now()
	do := call{
		op:     "fetch token",
		method: http.MethodPost,
		path:   "/oauth/v2/token",
		body:   url.Values{"grant_type": {"client_credentials"}},
	}
	var answer tokenAnswer
	err := t.client.again(ctx, do, &answer)
	if err == nil && (answer.AccessToken == "" || !visible(string(answer.AccessToken))) {
		err = do.unanswered(errors.New("the answer holds no token"), true)
	}

	t.mu.Lock()
	defer t.mu.Unlock()
	defer close(flight.done)
	t.flight = nil
	if err != nil {
		flight.err = tokenError(err)
		return
	}
	flight.token = string(answer.AccessToken)
	lasts := tokenDefault
	if seconds, ok := answer.ExpiresIn.number(); ok && seconds > 0 {
		lasts = time.Duration(seconds) * time.Second
	}
	t.token, t.until = flight.token, begun.Add(lasts-min(tokenMargin, lasts/10))
}

// tokenError is a failed request for a token as the error of the call that
// needed it: that was not sent, and whatever 8x8 refuses about our key and
// secret is for an operator.
func tokenError(err error) error {
	failed := &bridge.DeskError{Kind: bridge.DeskUnavailable, Err: err}
	var was *bridge.DeskError
	if errors.As(err, &was) {
		*failed = *was
	}
	failed.Doubt = false
	if failed.Kind == bridge.DeskRefused {
		failed.Kind = bridge.DeskDenied
	}
	return failed
}

func (t *tokens) sign(header http.Header, secret string) {
	header.Set("Authorization", "Bearer "+secret)
}

// renew forgets the token that was refused, unless there is a newer one.
func (t *tokens) renew(refused string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == refused {
		t.token = ""
	}
	return true
}

func (t *tokens) hide(text string) string {
	t.mu.Lock()
	token := t.token
	t.mu.Unlock()
	if token != "" {
		text = strings.ReplaceAll(text, token, "[token]")
	}
	return t.client.auth.hide(text)
}

package eightx8_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
)

const (
	testSecret = "the-secret"
	flatRoot   = "/vcc/eu/chat/v2/tenant/" + testTenant
)

// flatAPI answers the chat-api's calls: tokens by itself, each "METHOD /path"
// below the tenant by a function; and remembers all calls.
type flatAPI struct {
	t       *testing.T
	answers map[string]http.HandlerFunc
	// lasts is what a token's answer says of its life; valid, whether a token
	// is taken; both may be changed.
	lasts string
	valid func(token string) bool

	mu     sync.Mutex
	calls  []string // "METHOD /path?query"
	tokens int      // asked for so far
	body   []byte   // of the last call that had one
}

func newFlatAPI(t *testing.T, answers map[string]http.HandlerFunc) *flatAPI {
	t.Helper()
	return &flatAPI{t: t, answers: answers, lasts: `"3600"`, valid: func(string) bool { return true }}
}

func (f *flatAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	openapitest.Requests(f.t, http.HandlerFunc(f.serve)).ServeHTTP(w, r)
}

func (f *flatAPI) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/oauth/v2/token" {
		f.token(w, r, string(body))
		return
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), flatRoot)
	f.mu.Lock()
	f.calls = append(f.calls, strings.TrimSuffix(r.Method+" "+path+"?"+r.URL.RawQuery, "?"))
	if len(body) > 0 {
		f.body = body
	}
	f.mu.Unlock()
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || r.Header.Get("X-Api-Key") != "" {
		f.t.Errorf("%s %s came without a token", r.Method, path)
	}
	if !f.valid(token) {
		answer(401, `{"fault":{"faultstring":"Invalid access token: `+token+`","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}`)(w, r)
		return
	}
	handler, ok := f.answers[r.Method+" "+path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	handler(w, r)
}

func (f *flatAPI) token(w http.ResponseWriter, r *http.Request, body string) {
	f.mu.Lock()
	f.tokens++
	number := f.tokens
	f.mu.Unlock()
	key, secret, _ := r.BasicAuth()
	if r.Method != "POST" || body != "grant_type=client_credentials" || key != testKey || secret != testSecret {
		answer(400, `{"ErrorCode":"invalid_request","Error":"not `+secret+`"}`)(w, r)
		return
	}
	if handler := f.answers["token"]; handler != nil {
		handler(w, r)
		return
	}
	answer(200, fmt.Sprintf(`{"issued_at":"1632731766687","token_type":"BearerToken","access_token":"token-%d","expires_in":%s}`, number, f.lasts))(w, r)
}

// asked says how many tokens were asked for.
func (f *flatAPI) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tokens
}

// desk makes a desk that the chat-api answers.
func (f *flatAPI) desk(change ...func(*eightx8.Config)) *eightx8.Desk {
	f.t.Helper()
	config := eightx8.Config{
		Name:    "acme",
		API:     eightx8.ChatAPI,
		Tenant:  testTenant,
		Region:  "eu",
		Key:     testKey,
		Secret:  testSecret,
		BaseURL: "http://8x8.test",
		HTTP:    &http.Client{Transport: inProcess{f}},
	}
	for _, one := range change {
		one(&config)
	}
	desk, err := eightx8.New(config)
	if err != nil {
		f.t.Fatal(err)
	}
	return desk
}

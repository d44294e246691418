package openapitest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// told is a test that only takes down what it is told.
type told struct {
	testing.TB
	lines []string
}

func (t *told) Helper() {}

func (t *told) Errorf(format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

// exchanged is a request and what it is answered.
type exchanged struct {
	method, path, body string
	status             int
	answer             string
	header             string // another one of the answer
}

// through sends an exchange through a checker and answers what that finds.
func (e exchanged) through(t *testing.T, check func(testing.TB, http.Handler) *Checker) []string {
	t.Helper()
	found := &told{TB: t}
	r := httptest.NewRequest(e.method, e.path, strings.NewReader(e.body))
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(e.path, "/oauth") {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	check(found, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); string(body) != e.body || err != nil {
			t.Errorf("the handler reads %q, not %q: %v", body, e.body, err)
		}
		w.Header().Set("Content-Type", e.kind())
		if e.header != "" {
			w.Header().Set(e.header, "yes")
		}
		w.WriteHeader(cmp.Or(e.status, http.StatusNoContent))
		_, _ = io.WriteString(w, e.answer)
	})).ServeHTTP(httptest.NewRecorder(), r)
	return found.lines
}

// kind is the content type that the answer should have.
func (e exchanged) kind() string {
	switch {
	case e.status >= 400:
		return "application/problem+json"
	case strings.HasPrefix(e.path, gateway) && !strings.Contains(e.path, "/jwk/"):
		return "application/hal+json"
	}
	return "application/json"
}

const (
	gateway = "/chat-gateway/v1"
	chat    = "/vcc/eu/chat/v2/tenant/tenant01"
	ticket  = gateway + "/conversations/t1"
)

// TestWhatIsWrongIsFound: what a checker cannot find it does not keep.
func TestWhatIsWrongIsFound(t *testing.T) {
	Need(t)
	const of = "(schema chat-gateway-v1.oas.yml#/components/schemas/"
	hook := `{"name":"host","uri":"https://h.test","version":"v2.0","notificationVersion":"v2.0"}`
	for _, tt := range []struct {
		exchanged
		want string
	}{
		{exchanged{method: "POST", path: gateway + "/conversations", body: `{"user":{}}`}, `request /channelId: property "channelId" is missing`},
		{exchanged{method: "POST", path: gateway + "/conversations", body: `{"channelId":7,"user":{}}`}, `request /channelId: value must be a string, not 7 ` + of + `ChannelIdentifierField/properties/channelId/type)`},
		{exchanged{method: "POST", path: gateway + "/conversations", body: `{"channelId":"1","user":{"title":"x"}}`}, `request /user/title: it is not defined`},
		{exchanged{method: "POST", path: ticket + "/typing", body: `{"authorType":"agent"}`}, `request /authorType: value is not one of the allowed values`},
		{exchanged{method: "POST", path: ticket + "/post-agent-assignment", body: `{"type":"webhook","id":"1","configuration":{"maxTotalMinutes":5}}`}, `request /configuration/maxTotalMinutes: number must be at least 20, not 5`},
		{exchanged{method: "GET", path: gateway + "/conversations?channel=1"}, `request parameter channel: it is not defined`},
		{exchanged{method: "GET", path: gateway + "/conversations?size=x"}, `request parameter size: `},
		{exchanged{method: "DELETE", path: gateway + "/webhooks/1", body: `{}`}, `request /: the body is not defined`},
		{exchanged{method: "GET", path: gateway + "/webhook"}, `GET /chat-gateway/v1/webhook request /: there is no such operation`},
		{exchanged{method: "GET", path: gateway + "/webhooks/"}, `there is no such operation`},
		{exchanged{method: "POST", path: gateway + "/conversations", body: `{`}, `request /: it cannot be read as application/json`},
		{exchanged{method: "POST", path: "/oauth/v2/token", body: `grant_type=password`}, `request /grant_type: value is not one of the allowed values`},
		{exchanged{method: "POST", path: chat + "/web-hooks", body: strings.Replace(hook, `"host"`, `7`, 1)}, `request /name: value must be a string, not 7 (schema chat-api-v2.oas.json#/`},

		{exchanged{method: "GET", path: gateway + "/channels/7", status: 200, answer: `{"id":7,"name":"n"}`}, `answer 200 /id: value must be a string, not 7 ` + of},
		{exchanged{method: "GET", path: gateway + "/channels/7", status: 200, answer: `{"id":"7","colour":"red"}`}, `answer 200 /colour: it is not defined`},
		{exchanged{method: "GET", path: gateway + "/channels/7", status: 200, answer: `7`}, `answer 200 /: value must be an object, not 7`},
		{exchanged{method: "POST", path: ticket + "/typing", body: `{"authorType":"user"}`, status: 204, answer: `{}`}, `answer 204 /: the body is not defined`},
		{exchanged{method: "GET", path: gateway + "/channels/7", status: 500, answer: `{"message":7}`}, `answer 500 /message: value must be a string`},
		{exchanged{method: "GET", path: ticket, status: 200, answer: `{"state":"over"}`}, `answer 200 /state: value is not one of the allowed values`},
		{exchanged{method: "GET", path: ticket + "/interactions", status: 200, answer: `{"_embedded":{"interactions":[{"startTime":"today"}]}}`}, `/startTime: string doesn't match the format "date"`},
		{exchanged{method: "GET", path: gateway + "/jwk/k/public", status: 200, answer: `{"keys":[]}`}, `answer 200 /: value must be a string, not {"keys":[]}`},
	} {
		if found := strings.Join(tt.through(t, Handler), "\n"); !strings.Contains(found, tt.want) {
			t.Errorf("%s %s %s: found %q, want %q", tt.method, tt.path, tt.body, found, tt.want)
		}
	}
}

// TestWhichSideIsChecked: each kind of checker looks at what it says, and
// nothing passes because a status was high.
func TestWhichSideIsChecked(t *testing.T) {
	Need(t)
	wrong := exchanged{method: "POST", path: ticket + "/typing", body: `{"authorType":"agent"}`, status: 204, answer: `{}`}
	refused := exchanged{method: "POST", path: ticket + "/typing", body: `{"authorType":"agent"}`, status: 400, answer: `{"message":"no"}`}
	nowhere := exchanged{method: "GET", path: "/nowhere", status: 404, answer: `{}`}
	for what, tt := range map[string]struct {
		exchanged
		check func(testing.TB, http.Handler) *Checker
		found int
	}{
		"both":                       {wrong, Handler, 2},
		"requests":                   {wrong, Requests, 1},
		"answers, and what is taken": {wrong, Answers, 2},
		"answers, what is refused":   {refused, Answers, 0},
		"both, what is refused":      {refused, Handler, 1},
		"requests, no such path":     {nowhere, Requests, 1},
		"answers, no such path":      {nowhere, Answers, 0},
		"a fault's answer":           {exchanged{wrong.method, wrong.path, wrong.body, 503, `7`, FaultHeader}, Handler, 1},
		"the same, and no fault's":   {exchanged{wrong.method, wrong.path, wrong.body, 503, `7`, ""}, Handler, 2},
		"the control API":            {exchanged{method: "PUT", path: "/simulator/v1/faults", body: `[7]`, status: 200, answer: `7`}, Handler, 0},
	} {
		if found := tt.through(t, tt.check); len(found) != tt.found {
			t.Errorf("%s: found %q, want %d", what, found, tt.found)
		}
	}
}

// TestCutOff: what did not come whole is nobody's mistake, and passes on.
func TestCutOff(t *testing.T) {
	found := &told{TB: t}
	gone := errors.New("gone")
	r := httptest.NewRequest("POST", gateway+"/conversations", io.MultiReader(strings.NewReader(`{"chan`), broken{gone}))
	Handler(found, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); string(body) != `{"chan` || !errors.Is(err, gone) {
			t.Errorf("read %q, %v", body, err)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)

	func() {
		defer func() {
			if cut := recover(); cut != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
				t.Errorf("recovered %v", cut)
			}
		}()
		lost := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		Handler(found, http.HandlerFunc(lost)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", ticket, http.NoBody))
	}()
	if len(found.lines) > 0 {
		t.Errorf("found %q", found.lines)
	}
}

func TestUnseen(t *testing.T) {
	Need(t)
	c := Requests(t, http.NotFoundHandler())
	all := len(c.Unseen())
	c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", ticket, http.NoBody))
	if left := len(c.Unseen()); all < 50 || left != all-1 {
		t.Errorf("%d of %d operations", left, all)
	}
}

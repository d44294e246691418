package eightx8_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

var hello = bridge.Outgoing{Author: bot.AuthorCustomer, Text: "hello"}

// send sends one message that is answered so.
func send(t *testing.T, answer http.HandlerFunc) *bridge.DeskError {
	t.Helper()
	g := newGateway(t, map[string]http.HandlerFunc{"POST /conversations/t1/messages": answer})
	err := g.desk().Send(t.Context(), "t1", hello)
	if n := g.count("POST"); n != 1 {
		t.Errorf("sent %d times", n)
	}
	var failed *bridge.DeskError
	if !errors.As(err, &failed) {
		t.Fatalf("no desk error: %v", err)
	}
	return failed
}

func TestErrorBodies(t *testing.T) {
	for name, one := range map[string]struct {
		body string
		want eightx8.APIError
		text string
	}{
		"errors are objects": {
			`{"message":"Internal error.","errors":[{"code":"invalid_queue","message":"Queue ID 112 is invalid."},{"code":"b","message":"And that."}]}`,
			eightx8.APIError{Code: "invalid_queue", Message: "Internal error.: Queue ID 112 is invalid.: And that."},
			"8x8 answered 400 invalid_queue: Internal error.: Queue ID 112 is invalid.: And that.",
		},
		"errors are texts": {
			`{"message":"The tenant does not belong to customer.","errors":["Header X-8x8-Tenant doesn't match"]}`,
			eightx8.APIError{Message: "The tenant does not belong to customer.: Header X-8x8-Tenant doesn't match"},
			"8x8 answered 400: The tenant does not belong to customer.: Header X-8x8-Tenant doesn't match",
		},
		"errors are one object": {
			`{"message":"Invalid authorType","errors":{"code":"invalid_json_object","message":"Invalid authorType"},"referenceId":"98e9"}`,
			eightx8.APIError{Code: "invalid_json_object", Message: "Invalid authorType", ReferenceID: "98e9"},
			"8x8 answered 400 invalid_json_object: Invalid authorType (reference 98e9)",
		},
		"validations": {
			`{"message":"Constraint Violation","validations":[{"field":"user.email","value":"jane@private","code":"invalid","message":"no address"},"name: May not be empty.",{"value":"only private"}]}`,
			eightx8.APIError{Message: "Constraint Violation", Validations: []eightx8.Validation{
				{Field: "user.email", Code: "invalid", Message: "no address"}, {Message: "name: May not be empty."},
			}},
			"8x8 answered 400: Constraint Violation; user.email: invalid: no address; name: May not be empty.",
		},
		"validations that repeat": {
			`{"message":"Queue 7 is invalid.","errors":[{"code":"invalid_queue","message":"Queue 7 is invalid."}],"validations":[{"field":"queue","code":"invalid_queue","message":"Queue 7 is invalid."}]}`,
			eightx8.APIError{Code: "invalid_queue", Message: "Queue 7 is invalid.", Validations: []eightx8.Validation{
				{Field: "queue", Code: "invalid_queue", Message: "Queue 7 is invalid."},
			}},
			"8x8 answered 400 invalid_queue: Queue 7 is invalid.; queue",
		},
		"fault": {
			`{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}`,
			eightx8.APIError{Code: "oauth.v2.InvalidAccessToken", Message: "Invalid access token"},
			"8x8 answered 400 oauth.v2.InvalidAccessToken: Invalid access token",
		},
		"problem details": {
			`{"type":"about:blank","title":"Not Found","status":404,"detail":"Key x was not found"}`,
			eightx8.APIError{Message: "Key x was not found"},
			"8x8 answered 400: Key x was not found",
		},
		"token error": {
			`{"ErrorCode":"invalid_request","Error":"Unsupported grant type : something"}`,
			eightx8.APIError{Code: "invalid_request", Message: "Unsupported grant type : something"},
			"8x8 answered 400 invalid_request: Unsupported grant type : something",
		},
		"a JSON text":     {`"Internal server error."`, eightx8.APIError{Message: "Internal server error."}, "8x8 answered 400: Internal server error."},
		"plain text":      {"no\nhealthy upstream", eightx8.APIError{Message: "no healthy upstream"}, "8x8 answered 400: no healthy upstream"},
		"a page":          {"<html><body>oops</body></html>", eightx8.APIError{Message: "Bad Request"}, "8x8 answered 400: Bad Request"},
		"nothing":         {"", eightx8.APIError{Message: "Bad Request"}, "8x8 answered 400: Bad Request"},
		"a list":          {"[1]", eightx8.APIError{Message: "Bad Request"}, "8x8 answered 400: Bad Request"},
		"odd members":     {`{"message":{"a":1},"errors":7,"validations":false,"fault":"x"}`, eightx8.APIError{Message: "7", Validations: []eightx8.Validation{{Message: "false"}}}, "8x8 answered 400: 7; false"},
		"the key":         {`{"message":"key the-api-key is not known"}`, eightx8.APIError{Message: "key [key] is not known"}, "8x8 answered 400: key [key] is not known"},
		"very much of it": {strings.Repeat("x", 1<<20), eightx8.APIError{Message: strings.Repeat("x", 512)}, "8x8 answered 400: " + strings.Repeat("x", 512)},
	} {
		t.Run(name, func(t *testing.T) {
			failed := send(t, answer(400, one.body))
			var api *eightx8.APIError
			if !errors.As(failed, &api) {
				t.Fatal(failed)
			}
			one.want.Status = 400
			if diff := cmp.Diff(one.want, *api); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want := "refused: send message: " + one.text; failed.Error() != want {
				t.Errorf("says %q, want %q", failed, want)
			}
		})
	}
}

func TestErrorKinds(t *testing.T) {
	for status, want := range map[int]struct {
		kind  bridge.DeskErrorKind
		doubt bool
	}{
		302: {bridge.DeskDenied, false},
		307: {bridge.DeskDenied, false},
		400: {bridge.DeskRefused, false},
		401: {bridge.DeskDenied, false},
		403: {bridge.DeskDenied, false},
		404: {bridge.DeskRefused, false},
		405: {bridge.DeskRefused, false},
		408: {bridge.DeskUnavailable, true},
		409: {bridge.DeskRefused, false},
		413: {bridge.DeskRefused, false},
		422: {bridge.DeskRefused, false},
		429: {bridge.DeskUnavailable, false},
		500: {bridge.DeskUnavailable, true},
		502: {bridge.DeskUnavailable, true},
		503: {bridge.DeskUnavailable, true},
		504: {bridge.DeskUnavailable, true},
	} {
		failed := send(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://8x8.test/elsewhere")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
		})
		if failed.Kind != want.kind || failed.Doubt != want.doubt {
			t.Errorf("status %d: %s, doubt %t", status, failed.Kind, failed.Doubt)
		}
		if wait := failed.RetryAfter; (wait != 0) != (want.kind != bridge.DeskRefused) || wait != 0 && wait != 7*time.Second {
			t.Errorf("status %d: retry after %s", status, wait)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                     0,
		"0":                    0,
		"30":                   30 * time.Second,
		"-1":                   0,
		"soon":                 0,
		"99999999":             time.Hour,
		"99999999999999999999": 0,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute,
		now.Add(-time.Hour).Format(http.TimeFormat):  0,
		now.AddDate(1, 0, 0).Format(http.TimeFormat): time.Hour,
	} {
		failed := send(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", now.Format(http.TimeFormat))
			w.Header().Set("Retry-After", text)
			w.WriteHeader(429)
		})
		if failed.RetryAfter != want {
			t.Errorf("Retry-After %q: %s, want %s", text, failed.RetryAfter, want)
		}
	}
}

func TestNewRefusesABadConfig(t *testing.T) {
	for want, config := range map[string]eightx8.Config{
		"tenant: must be given":                        {APIKey: "k"},
		"tenant: must be given, without spaces":        {Tenant: "a b", APIKey: "k"},
		"API key: must be given":                       {Tenant: "t"},
		"API key: must be given, without spaces or":    {Tenant: "t", APIKey: "secret-key\n"},
		"base URL: must be http:// or https://":        {Tenant: "t", APIKey: "secret-key", BaseURL: "api.8x8.com"},
		"base URL: must hold no user":                  {Tenant: "t", APIKey: "secret-key", BaseURL: "https://u:secret-key@h"},
		"base URL: must hold no query":                 {Tenant: "t", APIKey: "secret-key", BaseURL: "https://h?secret-key"},
		"base URL: must be http:// or https:// and a ": {Tenant: "t", APIKey: "secret-key", BaseURL: "ftp://secret-key"},
	} {
		_, err := eightx8.New(config)
		if err == nil || !strings.HasPrefix(err.Error(), "configure 8x8 desk: "+want) {
			t.Errorf("%v, want %q", err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret-key") {
			t.Errorf("the error holds the key: %v", err)
		}
	}
}

func TestConfigPrintsNoKey(t *testing.T) {
	config := eightx8.Config{Tenant: testTenant, APIKey: testKey}
	log, out := logged()
	log.Info("configured", "config", config, slog.Any("pointer", &config))
	printed := fmt.Sprintf("%v %+v %#v %s %v", config, config, config, config, &config) + out.String()
	if strings.Contains(printed, testKey) || !strings.Contains(printed, testTenant) {
		t.Errorf("printed %s", printed)
	}
}

func TestBaseURLMayEndInAnyWay(t *testing.T) {
	for _, base := range []string{"http://8x8.test", "http://8x8.test/", "http://8x8.test/chat-gateway/v1", "http://8x8.test/chat-gateway/v1/"} {
		g := newGateway(t, map[string]http.HandlerFunc{"POST /conversations/t1/typing": answer(204, "")})
		if err := g.desk(func(c *eightx8.Config) { c.BaseURL = base }).Typing(t.Context(), "t1"); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
}

package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// TestCheckKnowsUs: whether 8x8 is there, takes our credentials, and has our
// tenant. One cause is one failure.
func TestCheckKnowsUs(t *testing.T) {
	t.Parallel()
	several := stocked()
	several.TenantRequired = true
	chat := everything(chatStocked())
	checkAll(t, "testdata/check-knows.txtar", []desked{
		{name: "a bad key", centre: everything(stocked()), wrong: true,
			changes: []string{"api_key: simulator", "api_key: not-their-key"}},
		{name: "another tenant", centre: everything(stocked()), wrong: true,
			changes: []string{"tenant: tenant01", "tenant: tenant02"}},
		{name: "another tenant and a bad key", centre: everything(stocked()), wrong: true,
			changes: []string{"tenant: tenant01, api_key: simulator", "tenant: tenant02, api_key: not-their-key"}},
		{name: "another of several tenants", centre: everything(several), wrong: true,
			changes: []string{"tenant: tenant01", "tenant: tenant02"}},
		{name: "chat-api: a bad secret", centre: chat, wrong: true,
			changes: overChatAPI("secret: secret", "secret: not-their-key")},
		{name: "chat-api: another tenant", centre: chat, wrong: true,
			changes: append(overChatAPI(), "tenant: tenant01", "tenant: tenant02")},
		{name: "chat-api: another region", centre: chat, wrong: true,
			changes: overChatAPI("region: us", "region: eu")},
	})
}

// faulty is a contact centre whose calls are answered so.
func faulty(o simulator.Options, match string, status int) http.Handler {
	o.Faults = []simulator.Fault{{Match: match, Status: status, RetryAfter: "30"}}
	return everything(o)
}

// TestCheckIsToldWhy: what stands in the way is named, whatever it is.
func TestCheckIsToldWhy(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(openapitest.Handler(t, everything(stocked())))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/gone/chat-gateway/v1/channels" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte("<html><body>Welcome</body></html>"))
	})
	checkAll(t, "testdata/check-why.txtar", []desked{
		{name: "401", centre: faulty(stocked(), "GET /channels", 401), wrong: true},
		{name: "403", centre: faulty(stocked(), "GET /channels", 403), wrong: true},
		{name: "429", centre: faulty(stocked(), "GET /channels", 429), wrong: true},
		{name: "500", centre: faulty(stocked(), "GET /channels", 500), wrong: true},
		{name: "chat-api: 401", centre: faulty(chatStocked(), "GET /channels", 401), changes: overChatAPI(), wrong: true},
		{name: "chat-api: 403", centre: faulty(chatStocked(), "GET /channels", 403), changes: overChatAPI(), wrong: true},
		{name: "chat-api: 429 for a token", centre: faulty(chatStocked(), "POST /oauth/v2/token", 429), changes: overChatAPI(), wrong: true},
		{name: "connection refused", url: "http://127.0.0.1:1", wrong: true},
		{name: "a certificate that is not trusted", url: secure.URL, wrong: true},
		{name: "a web page", elsewhere: page, wrong: true},
		{name: "a web page that is not there", elsewhere: page, wrong: true,
			changes: []string{`", call_timeout`, `/gone", call_timeout`}},
		{name: "webhooks that cannot be read", centre: faulty(stocked(), "GET /webhooks", 403), wrong: true},
		{name: "conversations that cannot be read", centre: faulty(stocked(), "GET /conversations", 500), wrong: true,
			changes: []string{`queue: "101"}`, `queue: "103"}, billing: {queue: "102"}`}},
	})
}

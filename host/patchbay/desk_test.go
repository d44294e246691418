package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// TestSchemas is the place that says whether all requests to 8x8 in the tests
// here, and its answers, are held against the vendor's schemas.
func TestSchemas(t *testing.T) { openapitest.Need(t) }

// hookURL is where the events of the simulated channel go: nobody is there.
const hookURL = "http://127.0.0.1:1/8x8/acme/web"

// stocked is what a simulated 8x8 has: a channel, whose webhook is ours.
func stocked() simulator.Options {
	return simulator.Options{
		Webhooks: []simulator.Webhook{{ID: "1", Name: "Patchbay", URI: hookURL}},
		Channels: []simulator.Channel{{ID: "7", Name: "Web support", Queue: "101", WebhookID: "1"}},
	}
}

// centre is a simulated 8x8 with one channel.
func centre(t *testing.T) (url string) {
	t.Helper()
	return servedDesk(t, simulator.New(stocked()).Handler())
}

// servedDesk is that of a contact centre: what is said to it and by it is held
// against the vendor's schemas.
func servedDesk(t *testing.T, centre http.Handler) (url string) {
	t.Helper()
	return served(t, openapitest.Handler(t, centre))
}

// served is the address of a handler.
func served(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// withDesk is a configuration with a desk, changed as old, new, old, new …
func withDesk(t *testing.T, url string, changes ...string) (file string) {
	t.Helper()
	text := fmt.Sprintf(`listen: 127.0.0.1:0
public_url: http://127.0.0.1:1
store: sqlite:patchbay.db
ops: {listen: "127.0.0.1:0", token: operator}
desks: {acme: {tenant: tenant01, api_key: simulator, base_url: %q, call_timeout: 1s}}
bots: {echo: {command: [%q, echo]}}
channels:
  web:
    line: directline
    secrets: [sixteen-characters-or-more]
    desk: acme
    desk_channel: Web support
    bot: echo
    handoff: {targets: {default: {queue: "101"}}}
drain: 0s
`, url, testBinary)
	return written(t, "patchbay.yaml", strings.NewReplacer(changes...).Replace(text))
}

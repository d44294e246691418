package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// hookURL is where the events of the simulated channel go.
const hookURL = "http://127.0.0.1:1/8x8/acme/web"

// centre is a simulated 8x8 with one channel.
func centre(t *testing.T) (url string) {
	t.Helper()
	server := httptest.NewServer(simulator.New(simulator.Options{
		Webhooks: []simulator.Webhook{{ID: "1", Name: "Patchbay", URI: hookURL}},
		Channels: []simulator.Channel{{ID: "7", Name: "Web support", Queue: "101", WebhookID: "1"}},
	}).Handler())
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
`, url, testBinary)
	return written(t, "patchbay.yaml", strings.NewReplacer(changes...).Replace(text))
}

// TestCheckDesk: whether 8x8 knows us and our channel, and what else it is
// that is wrong.
func TestCheckDesk(t *testing.T) {
	t.Parallel()
	url := centre(t)
	for name, tt := range map[string]struct {
		url     string
		changes []string
		code    int
		says    []string
	}{
		"all is well": {url, nil, exitFine, []string{
			"ok     configuration ", "ok     bot echo: ", "ok     channel web at desk acme: Web support is channel 7 there",
			"ok     webhooks at desk acme: come to http://127.0.0.1:1",
		}},
		"by the channel's id": {url, []string{"desk_channel: Web support", `desk_channel: "7"`}, exitFine, []string{
			"ok     channel web at desk acme: 7 is channel 7 there",
		}},
		"no such channel": {url, []string{"Web support", "Web sport"}, exitWrong, []string{
			"ok     bot echo: ", "WRONG  channel web at desk acme: ", `"Web sport"`,
		}},
		"another tenant's key": {url, []string{"api_key: simulator", "api_key: not-their-key"}, exitWrong, []string{
			"ok     bot echo: ", "WRONG  channel web at desk acme: ", "8x8 answered 401",
		}},
		"nobody there": {"http://127.0.0.1:1", nil, exitWrong, []string{
			"ok     bot echo: ", "WRONG  channel web at desk acme: ", "connection refused",
		}},
		"events go elsewhere": {url, []string{"public_url: http://127.0.0.1:1", "public_url: http://127.0.0.1:2"}, exitWrong, []string{
			"ok     channel web at desk acme: ", "WRONG  webhooks at desk acme: ", "http://127.0.0.1:2/8x8/acme/web",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := called(t, "check", "-c", withDesk(t, tt.url, tt.changes...))
			if code != tt.code {
				t.Errorf("exit %d", code)
			}
			for _, want := range tt.says {
				if !strings.Contains(stdout, want) {
					t.Errorf("does not say %q", want)
				}
			}
			if strings.Contains(stdout+stderr, "not-their-key") {
				t.Error("the key is shown")
			}
			if t.Failed() {
				t.Logf("%s%s", stdout, stderr)
			}
		})
	}
}

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// The two ways to know a desk.
const (
	byGateway = "api_key: simulator"
	byChatAPI = "api: chat-api, region: us, key: simulator, secret: secret"
)

// tenant is a contact centre, a host as it sees it, and a configuration.
type tenant struct {
	t          *testing.T
	url, us    string
	desk, file string
}

// newTenant is one with what o has; channels are a configuration's.
func newTenant(t *testing.T, o simulator.Options, desk, channels string) *tenant {
	t.Helper()
	us := listening(t)
	for i := range o.Webhooks {
		o.Webhooks[i].URI = strings.Replace(o.Webhooks[i].URI, "http://host", us, 1)
	}
	c := &tenant{t: t, url: servedDesk(t, simulator.New(o).Handler()), us: us, desk: desk}
	c.configure(us, channels)
	return c
}

// configure writes the configuration, for a host that is reached at us.
func (c *tenant) configure(us, channels string) {
	c.t.Helper()
	c.file = written(c.t, "patchbay.yaml", fmt.Sprintf(`public_url: %s
desks: {acme: {%s, tenant: tenant01, base_url: %q}}
bots: {echo: {command: [%q, echo]}}
channels:
%s`, us, c.desk, c.url, testBinary, channels))
}

// provisions runs a command, and holds what it prints against what is wanted,
// with http://host for the host.
func (c *tenant) provisions(want string, code int, args ...string) {
	c.t.Helper()
	stdout, stderr, got := called(c.t, append([]string{"provision", "-c", c.file}, args...)...)
	text := strings.ReplaceAll(stdout+stderr, c.us, "http://host")
	if diff := cmp.Diff(strings.Split(strings.TrimLeft(want, "\n"), "\n"), strings.Split(text, "\n")); diff != "" || got != code {
		c.t.Errorf("%v: exit %d (-want +got):\n%s", args, got, diff)
	}
}

// fine: `check` finds nothing wrong.
func (c *tenant) fine() {
	c.t.Helper()
	if stdout, _, code := called(c.t, "check", "-c", c.file); code != exitFine {
		c.t.Errorf("check: exit %d\n%s", code, stdout)
	}
}

// web is a channel of ours; the rest of it is its targets.
const web = `  web: {line: directline, secrets: [sixteen-characters-or-more], desk: acme, desk_channel: Web support, bot: echo, handoff: {targets: %s}}
`

// TestProvision: a dry run prints the plan and does nothing, the first run does
// it, and the second finds nothing to do.
func TestProvision(t *testing.T) {
	t.Parallel()
	c := newTenant(t, simulator.Options{}, byGateway, fmt.Sprintf(web, `{default: {queue: "101"}, billing: {queue: "102"}}`))
	plan := `
acme: create webhook "Patchbay web": http://host/8x8/acme/web
acme: create channel "Web support": queue 101, webhook http://host/8x8/acme/web
`
	for range 2 {
		c.provisions(plan, exitFine, "--dry-run")
	}
	c.provisions(plan+"acme: 8x8 reaches http://host/8x8/acme/web\n", exitFine)
	for range 2 {
		c.provisions(`
acme: keep webhook "Patchbay web": http://host/8x8/acme/web
acme: keep channel "Web support"
acme: 8x8 reaches http://host/8x8/acme/web
`, exitFine)
	}
	c.fine()
	c.configure(c.us+"/moved", fmt.Sprintf(web, `{default: {queue: "102"}}`))
	c.provisions(`
acme: update webhook "Patchbay web": address http://host/8x8/acme/web becomes http://host/moved/8x8/acme/web
acme: update channel "Web support": queue 101 becomes 102
acme: 8x8 reaches http://host/moved/8x8/acme/web
`, exitFine)
	c.fine()
}

// TestProvisionTargetChannels: on the chat-api the channels of targets are made
// and changed, too, with the queues that the file gives them.
func TestProvisionTargetChannels(t *testing.T) {
	t.Parallel()
	c := newTenant(t, simulator.Options{}, byChatAPI,
		fmt.Sprintf(web, `{default: {channel: Web support, queue: "101"}, billing: {channel: Billing, queue: "102"}}`))
	plan := `
acme: create webhook "Patchbay web": http://host/8x8/acme/web
acme: create channel "Web support": queue 101, webhook http://host/8x8/acme/web
acme: create channel "Billing": queue 102, webhook http://host/8x8/acme/web
`
	c.provisions(plan, exitFine, "--dry-run")
	c.provisions(plan+"acme: 8x8 reaches http://host/8x8/acme/web\n", exitFine)
	c.provisions(`
acme: keep webhook "Patchbay web": http://host/8x8/acme/web
acme: keep channel "Web support"
acme: keep channel "Billing"
acme: 8x8 reaches http://host/8x8/acme/web
`, exitFine)
	c.fine()
	c.configure(c.us, fmt.Sprintf(web, `{default: {}, billing: {channel: Billing, queue: "101"}, sales: {channel: Sales}}`))
	c.provisions(`
acme: keep webhook "Patchbay web": http://host/8x8/acme/web
acme: keep channel "Web support"
acme: update channel "Billing": queue 102 becomes 101
acme: by hand channel "Sales": it is not there, and cannot be made without a queue, which no target of it names
acme: 8x8 reaches http://host/8x8/acme/web
`, exitFine)
}

// TestProvisionLineOfTheirOwn: a channel of 8x8's own is looked at, and its
// webhook is to be set by hand; its queue is nobody's business.
func TestProvisionLineOfTheirOwn(t *testing.T) {
	t.Parallel()
	const whatsApp = `  whatsapp: {line: 8x8, desk: acme, desk_channel: WhatsApp DE, bot: echo, handoff: {targets: {default: {queue: "101"}}}}
`
	there := simulator.Channel{ID: "8", Name: "WhatsApp DE", Type: "WhatsApp", Queue: "102"}
	c := newTenant(t, simulator.Options{Channels: []simulator.Channel{there}}, byGateway, whatsApp)
	c.provisions(`
acme: create webhook "Patchbay whatsapp": http://host/8x8/acme/whatsapp
acme: by hand channel "WhatsApp DE": webhook none becomes http://host/8x8/acme/whatsapp
acme: 8x8 reaches http://host/8x8/acme/whatsapp
`, exitFine)
	there.WebhookID = "1"
	c = newTenant(t, simulator.Options{
		Channels: []simulator.Channel{there},
		Webhooks: []simulator.Webhook{{ID: "1", Name: "Patchbay", URI: "http://host/8x8/acme/whatsapp"}},
	}, byGateway, whatsApp)
	c.provisions(`
acme: keep webhook "Patchbay": http://host/8x8/acme/whatsapp
acme: keep channel "WhatsApp DE"
acme: 8x8 reaches http://host/8x8/acme/whatsapp
`, exitFine)
	c.fine()
	c = newTenant(t, simulator.Options{}, byGateway, whatsApp)
	c.provisions(`
acme: create webhook "Patchbay whatsapp": http://host/8x8/acme/whatsapp
acme: by hand channel "WhatsApp DE": it is not there, and only channels of type ChatAPI can be made by a call
acme: 8x8 reaches http://host/8x8/acme/whatsapp
`, exitFine)
}

// TestProvisionOneChannelForTwo: two channels of ours may share one at 8x8. It
// has one webhook and one queue, and keeps them.
func TestProvisionOneChannelForTwo(t *testing.T) {
	t.Parallel()
	c := newTenant(t, simulator.Options{}, byGateway, fmt.Sprintf(web, `{default: {queue: "101"}}`)+
		strings.NewReplacer("  web:", "  app:", "sixteen", "seventeen").Replace(fmt.Sprintf(web, `{default: {queue: "102"}}`)))
	c.provisions(`
acme: create webhook "Patchbay app": http://host/8x8/acme/app
acme: create channel "Web support": queue 102, webhook http://host/8x8/acme/app
acme: 8x8 reaches http://host/8x8/acme/app
`, exitFine)
	c.provisions(`
acme: keep webhook "Patchbay app": http://host/8x8/acme/app
acme: keep channel "Web support"
acme: 8x8 reaches http://host/8x8/acme/app
`, exitFine)
	c.fine()
}

// TestProvisionOneChannelByNameAndID: what is wanted of it by either is done
// once.
func TestProvisionOneChannelByNameAndID(t *testing.T) {
	t.Parallel()
	o := chatStocked()
	o.Webhooks[0].URI = "http://host/8x8/acme/web"
	c := newTenant(t, o, byChatAPI,
		strings.Replace(fmt.Sprintf(web, `{default: {channel: Web support, queue: "102"}}`), "desk_channel: Web support", `desk_channel: "7"`, 1))
	c.provisions(`
acme: keep webhook "Patchbay": http://host/8x8/acme/web
acme: update channel "7": queue 101 becomes 102
acme: 8x8 reaches http://host/8x8/acme/web
`, exitFine)
	c.provisions(`
acme: keep webhook "Patchbay": http://host/8x8/acme/web
acme: keep channel "7"
acme: 8x8 reaches http://host/8x8/acme/web
`, exitFine)
	c.fine()
}

// TestProvisionSaysWhatIsWrong: a desk that does not know us, a queue that it
// does not have, a host that it cannot reach; and again as long as it is so.
func TestProvisionSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const seeCheck = "`patchbay check` looks at each thing alone\n"
	c := newTenant(t, simulator.Options{}, "api_key: wrong", fmt.Sprintf(web, `{default: {queue: "101"}}`))
	_, stderr, code := called(t, "provision", "-c", c.file)
	if want := "desk acme: denied: list webhooks: 8x8 answered 401 access_denied: Access Denied (reference "; code != exitWrong ||
		!strings.HasPrefix(stderr, want) || !strings.HasSuffix(stderr, seeCheck) {
		t.Errorf("exit %d: %s", code, stderr)
	}

	c = newTenant(t, simulator.Options{}, byGateway, fmt.Sprintf(web, `{default: {queue: "112"}}`))
	_, stderr, code = called(t, "provision", "-c", c.file)
	if want := "8x8 answered 400 invalid_queue: Queue ID 112 is invalid.; routingOptions.id"; code != exitWrong || !strings.Contains(stderr, want+"\n") {
		t.Errorf("exit %d: %s", code, stderr)
	}

	c = newTenant(t, simulator.Options{}, byGateway, "")
	away := httptest.NewServer(http.NotFoundHandler())
	c.us = away.URL
	away.Close()
	c.configure(c.us, fmt.Sprintf(web, `{default: {queue: "101"}}`))
	for range 2 {
		stdout, stderr, code := called(t, "provision", "-c", c.file)
		want := "desk acme: 8x8 cannot reach " + c.us + "/8x8/acme/web (is `patchbay serve` running?): "
		if code != exitWrong || !strings.HasPrefix(stderr, want) {
			t.Errorf("exit %d: %s%s", code, stdout, stderr)
		}
	}
}

package eightx8_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge"
	"github.com/patchbay-host/patchbay/bridge/eightx8"
	"github.com/patchbay-host/patchbay/bridge/eightx8/openapitest"
	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// centre is a simulated contact centre, and what its webhooks told us. Desk
// and simulator share no wire types: what one says the other must understand.
type centre struct {
	t        *testing.T
	desk     *eightx8.Desk
	verifier *eightx8.Verifier
	box      http.Handler

	mu     sync.Mutex
	events []lifecycle.Event
	seen   map[string]bool
	typing []bridge.Typing
	status []int // answered to webhooks
}

// inCentre runs f in a bubble with a contact centre of its own, which is
// called by the gateway.
func inCentre(t *testing.T, quirks simulator.Quirks, f func(c *centre)) {
	t.Helper()
	inCentreOf(t, eightx8.ChatGateway, quirks, f)
}

// inCentreOf is inCentre for either dialect.
func inCentreOf(t *testing.T, api eightx8.API, quirks simulator.Quirks, f func(c *centre)) {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	key := testRSA()
	synctest.Test(t, func(t *testing.T) {
		c := &centre{t: t, seen: map[string]bool{}}
		box := simulator.New(simulator.Options{
			Tenant:         testTenant,
			TenantRequired: true,
			APIKeys:        []string{testKey},
			Credentials:    []simulator.Credential{{Key: testKey, Secret: testSecret}},
			Region:         "eu",
			Webhooks:       []simulator.Webhook{{ID: "1", Name: "host", URI: "http://patchbay.test/8x8/acme/web", Version: versionOf(api)}},
			Channels: []simulator.Channel{
				{ID: "7", Name: "Web support", Queue: "101", WebhookID: "1"},
				{ID: "8", Name: "Billing", Queue: "102", WebhookID: "1"},
				{ID: "9", Name: "WhatsApp DE", Queue: "101", WebhookID: "1", Type: "WhatsApp"},
			},
			Flows:  []simulator.Flow{{ID: "500", Queue: "102"}},
			Client: &http.Client{Transport: inProcess{c}},
			Key:    key,
			Quirks: quirks,
		})
		c.box = openapitest.Handler(t, box.Handler())
		use := func(config *eightx8.Config) {
			config.HTTP = &http.Client{Transport: inProcess{c.box}}
		}
		if c.desk = newGateway(t, nil).desk(use); api == eightx8.ChatAPI {
			c.desk = newFlatAPI(t, nil).desk(use)
		}
		c.verifier = verifier(t, c.desk, func(config *eightx8.VerifierConfig) { config.Clock = nil })
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := box.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		f(c)
		cancel()
		running.Wait()
	})
}

// ServeHTTP takes webhooks as the host does.
func (c *centre) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	event, typing, err := c.verifier.Verify(r.Context(), r.Header, body)
	c.mu.Lock()
	defer c.mu.Unlock()
	status := http.StatusNoContent
	var refusal interface{ HTTPStatus() int }
	switch {
	case errors.As(err, &refusal):
		status = refusal.HTTPStatus()
	case typing != nil:
		c.typing = append(c.typing, *typing)
	case !c.seen[event.ID]:
		c.seen[event.ID] = true
		c.events = append(c.events, event)
	}
	c.status = append(c.status, status)
	w.WriteHeader(status)
}

// control calls the simulator's own API.
func (c *centre) control(method, path, body string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://8x8.test/simulator/v1"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	answer, err := (inProcess{c.box}).RoundTrip(r)
	if err != nil || answer.StatusCode/100 != 2 {
		c.t.Fatalf("%s %s: %v, %v", method, path, answer, err)
	}
}

// told lets what is under way arrive, and says what has arrived since it was
// last asked: a line for each event that is not only noted.
func (c *centre) told() []string {
	time.Sleep(time.Minute)
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, e := range c.events {
		switch e.Kind {
		case lifecycle.EventNoted, lifecycle.EventTicket:
		case lifecycle.EventAgentSaid:
			lines = append(lines, fmt.Sprintf("%s says %s", e.Agent.ID, e.Message.Text))
		default:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s%s", e.Kind, e.Queue, e.Agent.ID)))
		}
	}
	c.events = nil
	return lines
}

// expect compares what told says.
func (c *centre) expect(want ...string) {
	c.t.Helper()
	if diff := cmp.Diff(want, c.told()); diff != "" {
		c.t.Errorf("events (-want +got):\n%s", diff)
	}
}

// must fails the test at an error.
func (c *centre) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func TestAWholeConversation(t *testing.T) {
	for name, quirks := range map[string]simulator.Quirks{
		"as the examples have it": {},
		"as the schemas have it":  {TopLevelLists: true, StringJWK: true, UpperCaseStates: true},
	} {
		t.Run(name, func(t *testing.T) { inCentre(t, quirks, wholeConversation) })
	}
}

func wholeConversation(c *centre) {
	ctx, o := c.t.Context(), opening()
	o.Queue = "102"
	ticket, err := c.desk.Open(ctx, o)
	c.must(err)
	c.expect("queued Billing")
	if found, err := c.desk.FindOpened(ctx, o.Marker); found != ticket || err != nil {
		c.t.Errorf("found %q by its marker, not %q: %v", found, ticket, err)
	}

	c.control("POST", "/agents/bob/accept", "")
	c.control("POST", "/agents/bob/typing", "{}")
	c.control("POST", "/agents/bob/say", `{"text":"How can I help?"}`)
	c.expect("joined bob", "bob says How can I help?")
	c.must(c.desk.Typing(ctx, ticket))
	c.must(c.desk.Send(ctx, ticket, bridge.Outgoing{Author: bot.AuthorCustomer, Text: "My parcel"}))
	c.must(c.desk.Send(ctx, ticket, bridge.Outgoing{Author: bot.AuthorBot, Text: "[host] a note"}))
	c.expect() // echoes alone
	if len(c.typing) == 0 || c.typing[0].AuthorID != "bob" || c.typing[0].For == 0 {
		c.t.Errorf("typing: %+v", c.typing)
	}

	sent, err := c.desk.Sent(ctx, ticket, 50)
	c.must(err)
	want := append(slices.Clone(o.History), bridge.Outgoing{Author: bot.AuthorCustomer, Text: "My parcel"},
		bridge.Outgoing{Author: bot.AuthorBot, Text: "[host] a note"})
	if diff := cmp.Diff(want, sent); diff != "" {
		c.t.Errorf("read back (-want +got):\n%s", diff)
	}

	c.control("POST", "/agents/bob/transfer", `{"queue":"101"}`)
	c.expect("transferred", "agent_left bob", "queued Support")
	c.control("POST", "/agents/ada/accept", "")
	c.control("POST", "/agents/ada/leave", "")
	c.expect("joined ada", "agent_left ada")
	c.must(c.desk.Send(ctx, ticket, bridge.Outgoing{Author: bot.AuthorCustomer, Text: "I am back"}))
	c.expect("queued Support")
	c.control("POST", "/agents/ada/accept", "")
	c.must(c.desk.Leave(ctx, ticket))
	c.must(c.desk.Leave(ctx, ticket))
	c.expect("joined ada", "left", "agent_left ada")
	for _, status := range c.status {
		if status != http.StatusNoContent {
			c.t.Errorf("webhooks were answered %v", c.status)
			break
		}
	}
}

func TestTheTicketTellsItsMarker(t *testing.T) {
	inCentre(t, simulator.Quirks{}, func(c *centre) {
		ticket, err := c.desk.Open(c.t.Context(), opening())
		c.must(err)
		synctest.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, e := range c.events {
			if e.Kind == lifecycle.EventTicket && e.Marker == opening().Marker && e.Ticket == ticket {
				return
			}
		}
		c.t.Errorf("no event tells it: %+v", c.events)
	})
}

func TestLostAnswersAreFoundAgain(t *testing.T) {
	inCentre(t, simulator.Quirks{}, func(c *centre) {
		c.control("PUT", "/faults", `[
			{"match":"POST /conversations","times":1,"lose_answer":true},
			{"match":"POST /conversations/*/messages","times":1,"lose_answer":true}]`)
		ctx := c.t.Context()
		_, err := c.desk.Open(ctx, opening())
		if !inDoubt(c.t, err) {
			c.t.Error("the create is in no doubt")
		}
		ticket, err := c.desk.FindOpened(ctx, opening().Marker)
		c.must(err)
		if ticket == "" {
			c.t.Fatal("the ticket is not found")
		}
		if !inDoubt(c.t, c.desk.Send(ctx, ticket, hello)) {
			c.t.Error("the message is in no doubt")
		}
		sent, err := c.desk.Sent(ctx, ticket, 1)
		if diff := cmp.Diff([]bridge.Outgoing{hello}, sent); diff != "" || err != nil {
			c.t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestTheSimulatorsRefusals(t *testing.T) {
	inCentre(t, simulator.Quirks{}, func(c *centre) {
		ctx := c.t.Context()
		o := opening()
		o.Queue = "999"
		_, err := c.desk.Open(ctx, o)
		for what, err := range map[string]error{"an unknown queue": err, "an unknown ticket": c.desk.Send(ctx, "none", hello)} {
			var failed *bridge.DeskError
			var api *eightx8.APIError
			if !errors.As(err, &failed) || failed.Kind != bridge.DeskRefused || !errors.As(err, &api) {
				c.t.Errorf("%s: %v", what, err)
			}
		}
		stranger := newGateway(c.t, nil).desk(func(config *eightx8.Config) {
			config.APIKey, config.HTTP = "another", &http.Client{Transport: inProcess{c.box}}
		})
		var failed *bridge.DeskError
		if err := stranger.Send(ctx, "t", hello); !errors.As(err, &failed) || failed.Kind != bridge.DeskDenied {
			c.t.Errorf("a stranger: %v", err)
		}
		c.must(c.desk.Leave(ctx, "none"))
	})
}

func TestAWebhookWithABadSignatureIsSentAgain(t *testing.T) {
	inCentre(t, simulator.Quirks{}, func(c *centre) {
		c.control("PUT", "/faults", `[
			{"match":"webhook QUEUED","times":1,"bad_signature":true},
			{"match":"webhook MEMBERS_CHANGED agent joined","times":1,"age":"10m"},
			{"match":"webhook MESSAGE agent","times":1,"twice":true}]`)
		_, err := c.desk.Open(c.t.Context(), opening())
		c.must(err)
		c.expect("queued Support")
		c.control("POST", "/agents/ada/accept", "")
		c.expect("joined ada")
		c.control("POST", "/agents/ada/say", `{"text":"hi"}`)
		c.expect("ada says hi")
		refused := 0
		for _, status := range c.status {
			if status == http.StatusUnauthorized {
				refused++
			}
		}
		if refused != 2 {
			c.t.Errorf("refused %d times: %v", refused, c.status)
		}
	})
}

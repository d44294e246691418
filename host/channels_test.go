package host

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/directline"
)

// channelsFile has a channel of each sort.
const channelsFile = `
public_url: https://chat.example.com
desks:
  acme: {tenant: acme01, api_key: key, no_hand_back: true}
  older: {api: chat-api, tenant: acme02, region: eu, key: key, secret: secret}
bots:
  faq: {command: [./faq], turn_deadline: 3s}
  survey: {command: [./survey]}
channels:
  web:
    line: directline
    secrets: [the secret of the web]
    desk: acme
    desk_channel: Web support
    bot: faq
    survey_bot: survey
    greet: true
    language: de-AT
    handoff:
      targets: {default: {}, billing: {queue: 102}}
      hours: {timezone: UTC, weekly: {mon: "08:00-18:00"}, closed: [2026-12-25]}
      no_agent_after: 1m
      transfer_grace: 2s
      cancel_words: [cancel]
      silent_ticket: 4m
    debounce: 5ms
    inactivity: 6h
    on_failure: bot
    after_agent: nobody
    on_return: bot
    texts:
      requested: Requested.
      delayed: Delayed.
      queued: {de: Warten Sie., default: Wait.}
      joined: Joined.
      transferred: Transferred.
      agent_left: Left.
      refused: Refused.
      failed: Failed.
      cancelled: Cancelled.
      withdrawn: Withdrawn.
      completed: Completed.
      bot_failed: The bot failed.
      inactive: Inactive.
  older:
    line: directline
    secrets: [the secret of the older]
    desk: older
    desk_channel: Web
    bot: faq
    handoff: {targets: {default: {}, billing: {channel: Billing, queue: 103}}}
    failback: true
    texts: {bot_failed: ""}
  whatsapp:
    line: 8x8
    desk: acme
    desk_channel: WhatsApp
    bot: survey
    handoff: {targets: {default: {queue: 101}, callback: {script: 7}}}
    texts: {queued: {de: Warten Sie.}}
  alone: {line: directline, secrets: [the secret of the lonely], bot: faq, on_failure: bot}
`

const sorry = "Sorry, I cannot answer right now. Please try again later."

// TestChannels: each key of a channel, as the rules get it.
func TestChannels(t *testing.T) {
	cfg := parse(t, channelsFile)
	desks := map[string]lifecycle.Capabilities{
		"acme": {QuickReplies: true, Assign: true, History: 200}, "older": {Properties: 20},
	}
	got := channelsOf(cfg, func(desk string) lifecycle.Capabilities { return desks[desk] })
	day := [7][]lifecycle.Span{time.Monday: {{Open: 8 * time.Hour, Close: 18 * time.Hour}}}
	want := map[string]lifecycle.Channel{
		"web": {
			Name: "web", Bot: "faq", SurveyBot: "survey", Desk: "acme", DeskChannel: "Web support",
			Greet: true, Language: "de-AT",
			Targets: map[string]lifecycle.Target{
				"default": {DeskChannel: "Web support"}, "billing": {Queue: "102", DeskChannel: "Web support"},
			},
			Hours:        &lifecycle.Hours{Location: time.UTC, Weekly: day, Closed: []lifecycle.Date{{Year: 2026, Month: 12, Day: 25}}},
			NoAgentAfter: time.Minute, TransferGrace: 2 * time.Second, CancelWords: []string{"cancel"},
			SilentTicket: 4 * time.Minute, Debounce: 5 * time.Millisecond, Inactivity: 6 * time.Hour, TurnDeadline: 3 * time.Second, SurveyDeadline: 20 * time.Second,
			OnFailure: lifecycle.Bot, AfterAgent: lifecycle.Nobody, OnReturn: lifecycle.Bot,
			Texts: map[lifecycle.Text]map[string]string{
				"requested": {"": "Requested."}, "delayed": {"": "Delayed."}, "queued": {"": "Wait.", "de": "Warten Sie."},
				"joined": {"": "Joined."}, "transferred": {"": "Transferred."}, "agent_left": {"": "Left."},
				"refused": {"": "Refused."}, "failed": {"": "Failed."}, "cancelled": {"": "Cancelled."},
				"withdrawn": {"": "Withdrawn."},
				"completed": {"": "Completed."}, "bot_failed": {"": "The bot failed."}, "inactive": {"": "Inactive."},
			},
			DeskCan: desks["acme"], LineCan: directLineCan(),
		},
		"older": {
			Name: "older", Bot: "faq", Desk: "older", DeskChannel: "Web",
			Targets:      map[string]lifecycle.Target{"default": {DeskChannel: "Web"}, "billing": {DeskChannel: "Billing"}},
			NoAgentAfter: 10 * time.Minute, TransferGrace: 5 * time.Second, SilentTicket: 10 * time.Minute, TurnDeadline: 3 * time.Second,
			OnFailure: lifecycle.Queue, Failback: true, AfterAgent: lifecycle.Bot, OnReturn: lifecycle.Queue,
			Texts:   map[lifecycle.Text]map[string]string{"bot_failed": {"": ""}},
			DeskCan: desks["older"], LineCan: directLineCan(),
		},
		"whatsapp": {
			Name: "whatsapp", Bot: "survey", Desk: "acme", DeskChannel: "WhatsApp", DeskLine: true,
			Targets: map[string]lifecycle.Target{
				"default": {Queue: "101", DeskChannel: "WhatsApp"}, "callback": {Script: "7", DeskChannel: "WhatsApp"},
			},
			TransferGrace: 5 * time.Second, SilentTicket: 10 * time.Minute, TurnDeadline: 20 * time.Second,
			OnFailure: lifecycle.Queue, AfterAgent: lifecycle.Bot, OnReturn: lifecycle.Queue,
			Texts:   map[lifecycle.Text]map[string]string{"bot_failed": {"": sorry}, "queued": {"de": "Warten Sie."}},
			DeskCan: desks["acme"], LineCan: desks["acme"],
		},
		"alone": {
			Name: "alone", Bot: "faq", Targets: map[string]lifecycle.Target{},
			NoAgentAfter: 10 * time.Minute, TransferGrace: 5 * time.Second, SilentTicket: 10 * time.Minute, TurnDeadline: 3 * time.Second,
			OnFailure: lifecycle.Bot, AfterAgent: lifecycle.Bot, OnReturn: lifecycle.Queue,
			Texts:   map[lifecycle.Text]map[string]string{"bot_failed": {"": sorry}},
			LineCan: directLineCan(),
		},
	}
	sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, got, sameZone); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
}

// TestLines: an 8x8 line has no line of ours.
func TestLines(t *testing.T) {
	lines := linesOf(parse(t, channelsFile), nil)
	for name, want := range map[string]bool{"web": true, "older": true, "alone": true, "whatsapp": false} {
		if _, has := lines[name]; has != want {
			t.Errorf("channel %s has a line of ours: %t, want %t", name, has, want)
		}
	}
}

// TestDesks: both dialects are made of what the file says, and the longest of
// their times bounds a call.
func TestDesks(t *testing.T) {
	cfg := parse(t, channelsFile)
	made, err := desksOf(cfg, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if can := made.can("acme"); !can.Assign || can.HandBack {
		t.Errorf("desk acme can %+v", can)
	}
	if !made.can("acme").QuickReplies || made.can("older").QuickReplies {
		t.Error("the desks do not speak the dialects that they are configured with")
	}
	acme := cfg.Desks["acme"]
	acme.CallTimeout = time.Minute
	cfg.Desks["acme"] = acme
	if got := callTimeout(cfg); got != time.Minute {
		t.Errorf("a call may take %s, want 1m", got)
	}
}

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("patchbay.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestCustomers: what a Direct Line is told of its channels, and of proxies.
func TestCustomers(t *testing.T) {
	cfg, err := config.Parse("patchbay.yaml", []byte(`
public_url: https://chat.example.com
trusted_proxies: [10.1.2.3/8]
bots: {faq: {command: [./faq]}}
channels:
  web:
    line: directline
    secrets: [the first of the secrets]
    origins: [https://www.example.com]
    limits: {posts: 30/m burst 5, uploads: none}
    bot: faq
    on_failure: bot
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	want := []directline.Channel{{
		Name: "web", Secrets: [][]byte{[]byte("the first of the secrets")}, TokenLife: 30 * time.Minute,
		Origins: []string{"https://www.example.com"},
		Limits: directline.Limits{
			Posts: directline.Limit{PerSecond: 0.5, Burst: 5}, Returns: directline.Limit{PerSecond: 1, Burst: 20},
			Starts: directline.Limit{PerSecond: 5, Burst: 50},
		},
	}}
	if diff := cmp.Diff(want, customersOf(cfg)); diff != "" {
		t.Error(diff)
	}
	if proxies := proxiesOf(cfg); len(proxies) != 1 || proxies[0].String() != "10.0.0.0/8" {
		t.Errorf("proxies %v", proxies)
	}
}

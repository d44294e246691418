package main

import (
	"errors"
	"fmt"
	"path/filepath"
)

// play is what the demo's conversation is played on.
type play struct {
	// api is 8x8's dialect, line the customer's side.
	api, line string
	// credentials of the desk, in YAML.
	credentials string
	// channel's name in the configuration, and what is its own there.
	channel, settings string
	// targets of its handoffs, in YAML.
	targets string
}

// choosePlay is the play for an API and a line; empty: the defaults.
func choosePlay(api, line string) (play, error) {
	p := play{
		api: "chat-gateway", line: "directline",
		credentials: "api_key: simulator",
		channel:     "web",
		settings:    fmt.Sprintf("line: directline\n    secrets: [%q]\n    desk_channel: Web support", demoSecret),
		targets:     `{default: {queue: "101"}, billing: {queue: "102"}}`,
	}
	switch {
	case api == "chat-api" && line == "8x8":
		return p, errors.New("LINE=8x8 needs the chat-gateway: the chat-api has no such lines")
	case api == "chat-api":
		p.api, p.credentials = api, "region: us\n    key: simulator\n    secret: secret"
		p.targets = "{default: {channel: Web support}, billing: {channel: Billing}}"
	case api != "" && api != p.api:
		return p, fmt.Errorf("API=%s: there are chat-gateway and chat-api", api)
	}
	switch line {
	case "", p.line:
	case "8x8":
		p.line, p.channel, p.settings = line, "whatsapp", "line: 8x8\n    desk_channel: WhatsApp DE"
	default:
		return p, fmt.Errorf("LINE=%s: there are directline and 8x8", line)
	}
	return p, nil
}

// configuration is the demo's patchbay.yaml.
func configuration(at addresses, play play, bin string) string {
	return fmt.Sprintf(`listen: %q
public_url: http://%s
store: sqlite:patchbay.db
drain: 0s
ops: {listen: %q, token: %q}

desks:
  acme:
    api: %s
    tenant: tenant01
    %s
    base_url: %s

bots:
  faq:
    command: [%q]
    settings: {answers: %q}

channels:
  %s:
    %s
    desk: acme
    bot: faq
    greet: true
    handoff:
      transfer_grace: 1s
      targets: %s
`, at.host, at.host, at.ops, demoToken, play.api, play.credentials, at.desk(),
		filepath.Join(bin, "faq"), filepath.Join(bin, "..", "plugins", "faq", "answers.yaml"),
		play.channel, play.settings, play.targets)
}

package main

import (
	"fmt"
	"path/filepath"
)

// play is what the demo's conversation is played on.
type play struct {
	// api is 8x8's dialect.
	api string
	// credentials of the desk and targets of its handoffs, in YAML.
	credentials, targets string
}

// choosePlay is the play for an API; empty: the default.
func choosePlay(api string) (play, error) {
	switch api {
	case "", "chat-gateway":
		return play{
			api:         "chat-gateway",
			credentials: "api_key: simulator",
			targets:     `{default: {queue: "101"}, billing: {queue: "102"}}`,
		}, nil
	case "chat-api":
		return play{
			api:         "chat-api",
			credentials: "region: us\n    key: simulator\n    secret: secret",
			targets:     "{default: {channel: Web support}, billing: {channel: Billing}}",
		}, nil
	}
	return play{}, fmt.Errorf("API=%s: there are chat-gateway and chat-api", api)
}

// configuration is the demo's patchbay.yaml.
func configuration(at addresses, play play, bin string) string {
	return fmt.Sprintf(`listen: %q
public_url: http://%s
store: sqlite:patchbay.db
ops: {listen: %q, token: %q}

desks:
  acme:
    api: %s
    tenant: tenant01
    %s
    base_url: http://%s

bots:
  faq:
    command: [%q]
    settings: {answers: %q}

channels:
  web:
    line: directline
    secrets: [%q]
    desk: acme
    desk_channel: Web support
    bot: faq
    greet: true
    handoff:
      transfer_grace: 1s
      targets: %s
`, at.host, at.host, at.ops, demoToken, play.api, play.credentials, at.simulator,
		filepath.Join(bin, "faq"), filepath.Join(bin, "..", "plugins", "faq", "answers.yaml"), demoSecret, play.targets)
}

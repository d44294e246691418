package main

import (
	"fmt"
	"path/filepath"
)

// configuration is the demo's patchbay.yaml.
func configuration(at addresses, bin string) string {
	return fmt.Sprintf(`listen: %q
public_url: http://%s
store: sqlite:patchbay.db
ops: {listen: %q, token: %q}

desks:
  acme:
    tenant: tenant01
    api_key: simulator
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
      targets: {default: {queue: "101"}, billing: {queue: "102"}}
`, at.host, at.host, at.ops, demoToken, at.simulator,
		filepath.Join(bin, "faq"), filepath.Join(bin, "..", "plugins", "faq", "answers.yaml"), demoSecret)
}

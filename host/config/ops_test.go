package config

import (
	"net"
	"testing"
)

// TestOpsListensOnLoopback: unless the file says otherwise.
func TestOpsListensOnLoopback(t *testing.T) {
	c, err := Parse("patchbay.yaml", []byte(`
public_url: https://chat.example.com
bots: {faq: {command: [./bin/faq]}}
channels: {web: {line: directline, secrets: [{env: WEB_SECRET}], bot: faq, on_failure: bot}}
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	host, _, err := net.SplitHostPort(c.Ops.Listen)
	if err != nil || !loopback(host) {
		t.Errorf("ops listens on %s", c.Ops.Listen)
	}
	if !c.Ops.Token.IsZero() {
		t.Error("there is a token that nobody has chosen")
	}
}

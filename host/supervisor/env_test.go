package supervisor

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/host/supervisor/zoo"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

// Trap 7, 8, 12, 17: what a bot sees of the host.
func TestSurroundings(t *testing.T) {
	for name, value := range map[string]string{"PATCHBAY_OPS_TOKEN": "secret", "AWS_SECRET_ACCESS_KEY": "secret", "TZ": "Asia/Tokyo", "LC_TIME": "C"} {
		t.Setenv(name, value)
	}
	h := startHost(t, "env", func(c *Config, _ *timing) {
		c.Secrets = map[string]string{"token": "also secret"}
		c.BaseDir = t.TempDir()
	})
	look := func() (see zoo.Around) {
		said, err := h.ask("what do you see", patience)
		if err != nil {
			t.Fatal(err)
		}
		must(json.Unmarshal([]byte(said), &see))
		return see
	}
	see := look()
	handshake := bot.Handshake()
	mayHave := append([]string{"HOME", "TMPDIR", socketDirVar, "PLUGIN_CLIENT_CERT", "PLUGIN_PROTOCOL_VERSIONS", handshake.MagicCookieKey}, allowed...)
	for name, value := range see.Env {
		if !slices.Contains(mayHave, name) && !strings.HasPrefix(name, "LC_") || strings.Contains(value, "secret") {
			t.Errorf("it sees %s=%s", name, value)
		}
	}
	if see.Env["TZ"] != "Asia/Tokyo" || see.Env["LC_TIME"] != "C" || see.Env["PATH"] == "" {
		t.Errorf("it lacks something: %v", see.Env)
	}
	if want := evalPath(t, h.keepers[0].config.BaseDir); see.Dir != want {
		t.Errorf("it works in %s, want %s", see.Dir, want)
	}
	for name, mode := range see.Modes {
		if mode != "-rwx------" {
			t.Errorf("%s has mode %s", name, mode)
		}
	}
	if see.Curve != "ECDSA 91" { // P-521 has 158 bytes
		t.Errorf("the host's certificate has a key of another kind: %s", see.Curve)
	}

	first := h.ready()
	must(killPID(first.PID))
	h.nextAfter(first.Generation)
	again := look()
	for _, name := range []string{"HOME", "TMPDIR", socketDirVar, "PLUGIN_CLIENT_CERT"} {
		if again.Env[name] == see.Env[name] {
			t.Errorf("the next generation has the same %s", name)
		}
	}
	h.stop()
	if _, err := os.Stat(see.Env["HOME"]); !os.IsNotExist(err) {
		t.Errorf("the old home is still there: %v", err)
	}
}

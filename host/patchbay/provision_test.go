package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
)

// provisioned is a contact centre without channels, and a configuration that
// wants one in each dialect's way.
func provisioned(t *testing.T, desk, targets string) string {
	t.Helper()
	sim := simulator.New(simulator.Options{})
	running := make(chan struct{})
	go func() {
		defer close(running)
		_ = sim.Run(t.Context()) // ends with the test
	}()
	t.Cleanup(func() { <-running })
	centre := httptest.NewServer(sim.Handler())
	t.Cleanup(centre.Close)
	us := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(us.Close)
	file := filepath.Join(t.TempDir(), "patchbay.yaml")
	text := fmt.Sprintf(`public_url: %s
desks: {acme: {%s, tenant: tenant01, base_url: %q}}
bots: {echo: {command: [echo]}}
channels:
  web: {line: directline, secrets: [sixteen-characters-or-more], desk: acme, desk_channel: Web support, bot: echo, handoff: {targets: %s}}
`, us.URL, desk, centre.URL, targets)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func provisioning(t *testing.T, file string, more ...string) (out string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append([]string{"provision", "-c", file}, more...), &stdout, &stderr)
	t.Log(stdout.String() + stderr.String())
	return stdout.String(), code
}

// TestProvision: a dry run prints the plan and does nothing, the first run does
// it, and the second finds nothing to do.
func TestProvision(t *testing.T) {
	file := provisioned(t, "api_key: simulator", `{default: {queue: "101"}}`)
	for range 2 {
		if out, code := provisioning(t, file, "--dry-run"); code != 0 || strings.Count(out, ": create ") != 2 {
			t.Fatalf("dry run: exit %d\n%s", code, out)
		}
	}
	if out, code := provisioning(t, file); code != 0 || strings.Count(out, ": create ") != 2 || !strings.Contains(out, "8x8 reaches ") {
		t.Fatalf("first run: exit %d\n%s", code, out)
	}
	if out, code := provisioning(t, file); code != 0 || strings.Count(out, ": keep ") != 2 || strings.Contains(out, ": create ") {
		t.Fatalf("second run: exit %d\n%s", code, out)
	}
}

// TestProvisionSaysWhichDesk: a desk that does not know us is named.
func TestProvisionSaysWhichDesk(t *testing.T) {
	file := provisioned(t, "api_key: wrong", `{default: {queue: "101"}}`)
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"provision", "-c", file}, &stdout, &stderr); code != 1 {
		t.Fatalf("exit %d", code)
	}
	if !strings.Contains(stderr.String(), "desk acme: ") {
		t.Errorf("does not name the desk: %s", &stderr)
	}
}

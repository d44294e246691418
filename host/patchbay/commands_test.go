package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// output is written by a command and read by a test.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// called runs a command to its end.
func called(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs output
	code = run(t.Context(), args, &out, &errs)
	return out.String(), errs.String(), code
}

// written is a file of a test's.
func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestUsage(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"frobnicate", exitUsage, `unknown command "frobnicate"`},
		{"serve --frobnicate", exitUsage, "unknown flag"},
		{"serve here", exitUsage, "unknown command"},
		{"serve --log xml", exitUsage, "must be text or json"},
		{"store", exitUsage, "check or recover?"},
		{"store check here", exitUsage, "unknown command"},
		{"store recover", exitUsage, `"to" not set`},
		{"simulate --channel Web", exitUsage, "must be NAME=QUEUE"},
		{"simulate --webhook 127.0.0.1:8080", exitUsage, "must be an http:// or https:// URL"},
		{"simulate --api soap", exitUsage, "must be chat-gateway or chat-api"},
		{"simulate --script nowhere.yaml", exitWrong, "nowhere.yaml"},
		{"serve", exitWrong, filepath.Join(here, "patchbay.yaml") + ": there is no such file; -c FILE names another. "},
		{"serve", exitWrong, "`patchbay simulate`"},
		{"check -c nowhere.yaml", exitWrong, filepath.Join(here, "nowhere.yaml") + ": there is no such file"},
	} {
		if _, stderr, code := called(t, strings.Fields(tt.args)...); code != tt.code || !strings.Contains(stderr, tt.says) {
			t.Errorf("%s: exit %d, %q", tt.args, code, stderr)
		}
	}
}

func TestVersion(t *testing.T) {
	if out, _, code := called(t, "version"); code != exitFine || !strings.HasPrefix(out, "patchbay ") {
		t.Errorf("exit %d, %q", code, out)
	}
	out, _, code := called(t, "version", "--json")
	var version struct{ Version, Revision, Go string }
	if err := json.Unmarshal([]byte(out), &version); err != nil || code != exitFine || version.Go == "" {
		t.Errorf("exit %d, %q, %v", code, out, err)
	}
}

// TestBadConfiguration: every problem with its line and key, and nothing is
// started.
func TestBadConfiguration(t *testing.T) {
	file := written(t, "patchbay.yaml", `public_url: http://127.0.0.1:1
store: sqlite:bad.db
bots: {faq: {command: [faq], turn_deadline: soon}}
channels:
  web: {line: directline, secrets: [sixteen-characters-or-more], bot: fqa, on_failure: bot, greeet: true}
`)
	for _, command := range []string{"serve", "check", "provision"} {
		_, stderr, code := called(t, command, "-c", file)
		if code != exitWrong {
			t.Errorf("%s: exit %d", command, code)
		}
		for _, want := range []string{
			file + ":3: bots.faq.turn_deadline: ", file + `:5: channels.web.bot: no bot named "fqa" (did you mean "faq"?)`,
			file + ":5: channels.web.greeet: ",
		} {
			if !strings.Contains(stderr, want) {
				t.Errorf("%s does not say %q:\n%s", command, want, stderr)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
		t.Errorf("files were made: %v", left)
	}
}

// configured is a host with a good bot on channel good, and a bad one on
// channel bad.
func configured(t *testing.T, bad string) (file, listen, ops string) {
	t.Helper()
	listen, ops = free(t), free(t)
	return written(t, "patchbay.yaml", fmt.Sprintf(`listen: %q
public_url: http://%s
store: sqlite:patchbay.db
drain: 0s
ops: {listen: %q}
bots: {good: {command: [%q]}, bad: {command: [%q]}}
channels:
  good: {line: directline, secrets: [sixteen-characters-good], bot: good, on_failure: bot}
  bad: {line: directline, secrets: [sixteen-characters-bad], bot: bad, on_failure: bot, texts: {bot_failed: Sorry.}}
`, listen, listen, ops, echobot(t), bad)), listen, ops
}

// echobot builds the example bot.
func echobot(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "echobot")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "github.com/patchbay-host/patchbay/examples/echobot").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// TestCheckNamesTheBadBot: the missing or broken program, why, and the last
// that it said.
func TestCheckNamesTheBadBot(t *testing.T) {
	broken := written(t, "broken", "#!/bin/sh\necho 'no licence found' >&2\nexit 3\n")
	for bad, wants := range map[string][]string{
		"/nowhere/bot": {"bot bad", "/nowhere/bot", "no such file"},
		broken:         {"bot bad", "exit code 3", "no licence found"},
	} {
		file, _, _ := configured(t, bad)
		stdout, _, code := called(t, "check", "-c", file)
		if code != exitWrong || !strings.Contains(stdout, "ok     bot good") {
			t.Errorf("exit %d\n%s", code, stdout)
		}
		for _, want := range wants {
			if !strings.Contains(stdout, want) {
				t.Errorf("does not say %q:\n%s", want, stdout)
			}
		}
		stdout, _, _ = called(t, "check", "--json", "-c", file)
		var findings []finding
		if err := json.Unmarshal([]byte(stdout), &findings); err != nil || len(findings) != 3 {
			t.Errorf("%v: %s", err, stdout)
		}
	}
}

// TestServe: with one bot missing the other's channel answers; the missing
// one's customers are told. A second host on the same store is refused, and
// the first one stops when it is told to.
func TestServe(t *testing.T) {
	file, listen, ops := configured(t, "/nowhere/bot")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var log output
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "-c", file}, io.Discard, &log) }()
	eventually(t, "readyz", func() bool {
		_, status := fetched(t, http.MethodGet, "http://"+ops+"/readyz", "", "")
		return status == http.StatusOK
	})
	if !strings.Contains(log.String(), "bot=bad") || !strings.Contains(log.String(), "/nowhere/bot") {
		t.Errorf("the log does not name the missing bot:\n%s", &log)
	}
	for secret, answer := range map[string]string{"sixteen-characters-good": "You said: hi", "sixteen-characters-bad": "Sorry."} {
		begun, _ := fetched(t, http.MethodPost, "http://"+listen+"/v3/directline/conversations", secret, "")
		var c struct{ ConversationID, Token string }
		if err := json.Unmarshal([]byte(begun), &c); err != nil {
			t.Fatal(err, begun)
		}
		activities := "http://" + listen + "/v3/directline/conversations/" + c.ConversationID + "/activities"
		fetched(t, http.MethodPost, activities, c.Token, `{"type":"message","text":"hi","from":{"id":"kim"}}`)
		eventually(t, answer, func() bool {
			body, _ := fetched(t, http.MethodGet, activities, c.Token, "")
			return strings.Contains(body, answer)
		})
	}
	_, stderr, code := called(t, "serve", "-c", file)
	if code != exitWrong || !strings.Contains(stderr, fmt.Sprint(os.Getpid())) {
		t.Errorf("a second host: exit %d, %q", code, stderr)
	}
	stop()
	select {
	case code := <-ended:
		if code != exitFine {
			t.Errorf("exit %d\n%s", code, &log)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("does not stop")
	}
}

// TestPortInUse: a listener that is taken is named, and nothing is left.
func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := written(t, "patchbay.yaml", fmt.Sprintf(`listen: %q
public_url: http://127.0.0.1:1
store: sqlite:patchbay.db
drain: 0s
ops: {listen: %q}
bots: {good: {command: [cat]}}
channels:
  good: {line: directline, secrets: [sixteen-characters-good], bot: good, on_failure: bot}
`, taken.Addr(), free(t)))
	for range 2 { // the second time shows that the store was let go
		if _, stderr, code := called(t, "serve", "-c", file); code != exitWrong || !strings.Contains(stderr, taken.Addr().String()) {
			t.Errorf("exit %d, %q", code, stderr)
		}
	}
}

// fetched makes one request and answers body and status; 0: nobody answered.
func fetched(t *testing.T, method, url, bearer, body string) (string, int) {
	t.Helper()
	return sent(t, method, url, bearer, "application/json", body)
}

// sent is what a call answers to a body of a type.
func sent(t *testing.T, method, url, bearer, contentType, body string) (string, int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", 0
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return string(text), resp.StatusCode
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for !so() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("not seen: %s", what)
		}
	}
}

package main

import (
	"encoding/json"
	"flag"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/patchbay-host/patchbay/bridge/eightx8/simulator"
	"github.com/patchbay-host/patchbay/host/config"
	"github.com/patchbay-host/patchbay/host/supervisor"
)

var update = flag.Bool("update", false, "write what check says anew")

// desked is a `check` against a desk.
type desked struct {
	name string
	// centre is what is at 8x8's address; nil: url is that of nobody.
	centre http.Handler
	url    string
	// elsewhere is what is there if it is not 8x8 at all: nobody's schemas hold
	// what is said to it.
	elsewhere http.Handler
	// changes of the configuration, as old, new, old, new …
	changes []string
	// wrong: something is, and the exit code says so.
	wrong bool
}

// checkAll runs each check, and holds what it says of desk and channels against
// the golden file. `go test -run Check -update` writes that anew, to be read
// before it is committed.
func checkAll(t *testing.T, file string, all []desked) {
	t.Helper()
	golden, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range golden.Files {
		want[f.Name] = string(f.Data)
	}
	made := make([]txtar.File, len(all))
	t.Run("check", func(t *testing.T) {
		for i, d := range all {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				got := d.checked(t)
				made[i] = txtar.File{Name: d.name, Data: []byte(got)}
				if diff := cmp.Diff(strings.Split(want[d.name], "\n"), strings.Split(got, "\n")); diff != "" && !*update {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	})
	if *update {
		golden.Files = made
		if err := os.WriteFile(file, txtar.Format(golden), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if len(want) != len(all) {
		t.Errorf("%s has %d checks, and there are %d", file, len(want), len(all))
	}
}

// checked runs the check, and answers what it says of desk and channels, with
// words for what differs from run to run.
func (d desked) checked(t *testing.T) string {
	t.Helper()
	if d.centre != nil {
		d.url = servedDesk(t, d.centre)
	}
	if d.elsewhere != nil {
		d.url = served(t, d.elsewhere)
	}
	file := withDesk(t, d.url, d.changes...)
	stdout, stderr, code := called(t, "check", "-c", file)
	if want := map[bool]int{true: exitWrong, false: exitFine}[d.wrong]; code != want {
		t.Errorf("exit %d: %s", code, stderr)
	}
	var said []string
	for line := range strings.Lines(stdout) {
		if what := strings.Fields(line)[1]; what == "desk" || what == "channel" {
			said = append(said, line)
		}
	}
	if strings.Contains(stdout+stderr, "not-their-key") {
		t.Error("the key is shown")
	}
	text := strings.NewReplacer(file, "patchbay.yaml", d.url, "http://8x8").Replace(strings.Join(said, ""))
	for pattern, word := range map[string]string{
		`\(reference \w+\)`: "(reference REF)", `has conversation \S+`: "has conversation ID",
		`http://127\.0\.0\.1:\d\d+`: "http://host",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, word)
	}
	return text
}

// overChatAPI makes a configuration one for the chat-api, with its own part
// changed as old, new, old, new …
func overChatAPI(changes ...string) []string {
	desk := strings.NewReplacer(changes...).Replace("api: chat-api, region: us, key: simulator, secret: secret")
	return []string{"api_key: simulator", desk, `default: {queue: "101"}`, "default: {}"}
}

// chatStocked is stocked for the chat-api, with a second channel.
func chatStocked() simulator.Options {
	made := stocked()
	made.Webhooks[0].Version = "v2.0"
	made.Channels = append(made.Channels, simulator.Channel{ID: "9", Name: "Billing", Queue: "102", WebhookID: "1"})
	return made
}

func everything(o simulator.Options) http.Handler { return simulator.New(o).Handler() }

// TestCheckJSON: the same for programs.
func TestCheckJSON(t *testing.T) {
	t.Parallel()
	file := withDesk(t, centre(t), "api_key: simulator", "api_key: not-their-key")
	stdout, _, code := called(t, "check", "--json", "-c", file)
	var findings []finding
	if err := json.Unmarshal([]byte(stdout), &findings); err != nil || code != exitWrong {
		t.Fatalf("exit %d, %v: %s", code, err, stdout)
	}
	var got []string
	for _, f := range findings[1:] {
		line := string(f.Result) + " " + f.What
		if f.OK {
			line += ", fine"
		}
		if f.At != "" {
			line += ", at " + strings.TrimPrefix(f.At, file)
		}
		got = append(got, line)
	}
	if want := "1 channel, 1 bot, 1 desk"; findings[0].Detail != want {
		t.Errorf("counts %s, not %s", findings[0].Detail, want)
	}
	want := []string{
		"ok bot echo, fine",
		"ok desk acme: address, fine",
		"wrong desk acme: credentials, at :5: desks.acme.api_key",
		"skipped desk acme: tenant",
		"skipped channel web: desk channel",
		"skipped channel web: target default",
		"skipped channel web: webhook",
		"skipped channel web: reached by 8x8",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCheckOfLimits: a limit that the system does not take is a finding, at its
// place in the file.
func TestCheckOfLimits(t *testing.T) {
	t.Parallel()
	file := withDesk(t, "http://127.0.0.1:1", "echo]}}", "echo], limits: {cpu: 0.5}}}")
	cfg, err := config.Load(file, os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	findings := notInForce(cfg, "echo", []*supervisor.LimitError{{Limit: "cpu", Err: fs.ErrPermission}})
	if !anyWrong(findings) {
		t.Error("nothing is wrong")
	}
	var said strings.Builder
	if err := show(&said, findings, false); err != nil {
		t.Fatal(err)
	}
	const want = "WRONG  bot echo: limits.cpu: not in force, the system does not take it: permission denied (FILE:6: bots.echo.limits.cpu)\n"
	if got := strings.ReplaceAll(said.String(), file, "FILE"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestCheckSaysItPlainly: what a bot says of itself is a line, and moves nothing
// on the terminal.
func TestCheckSaysItPlainly(t *testing.T) {
	var said strings.Builder
	f := judged("bot echo", isWrong, "echo 1.0\x1b[2J\x1b[H\u202e\r\nok     bot echo: fine")
	if err := show(&said, []finding{f}, false); err != nil {
		t.Fatal(err)
	}
	if got, want := said.String(), "WRONG  bot echo: echo 1.0[2J[H; ok     bot echo: fine\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

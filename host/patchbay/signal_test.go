package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// testBinary is this test, which is also patchbay and a bot.
var testBinary = os.Args[0]

// Run with "patchbay" and arguments the test binary is patchbay, with "echo" a
// bot: each in a real process, without a build.
func TestMain(m *testing.M) {
	switch append(os.Args, "")[1] {
	case "patchbay":
		os.Args = os.Args[1:]
		main()
	case "echo":
		bot.Serve(bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
			return reply.Say("You said: " + t.Text())
		}))
		syscall.Exit(0) // without the second that a binary built with -race takes for it
	case "errand":
		bot.Serve(bot.Func(errand))
		syscall.Exit(0)
	case "clerk":
		bot.Serve(bot.Func(clerk))
		syscall.Exit(0)
	}
	os.Exit(m.Run())
}

// clerk says what it hears, and hands off on "agent".
func clerk(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
	if t.Text() == "agent" {
		return reply.Handoff(bot.Handoff{Reason: "asked for a person"})
	}
	return reply.Say("You said: " + t.Text())
}

// errand says what the address that the customer says answers.
func errand(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.Text(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return reply.Say(string(text))
}

// process is `patchbay serve` as a process of its own.
type process struct {
	cmd        *exec.Cmd
	log        output
	front, ops string
}

// serving starts a host, and waits until its bots have been started.
func serving(t *testing.T, file string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(testBinary, "patchbay", "serve", "-c", file)}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = in, in
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	read := make(chan struct{})
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it has ended if all went well
		_ = p.cmd.Wait()
		<-read
	})
	ready := make(chan bool, 1)
	go func() {
		defer close(read)
		defer out.Close()
		serving := regexp.MustCompile(`msg=serving listen=(\S+) ops=(\S+)`)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			fmt.Fprintln(&p.log, lines.Text())
			if at := serving.FindStringSubmatch(lines.Text()); at != nil {
				p.front, p.ops = "http://"+at[1], "http://"+at[2]
			}
			if strings.HasSuffix(lines.Text(), " msg=ready") {
				ready <- true
			}
		}
		ready <- false
	}()
	if !<-ready {
		t.Fatalf("it has ended:\n%s", &p.log)
	}
	return p
}

// TestSignals: a host that is told to stop ends well, and its bots with it.
// While it runs the customers of a bot that is not there are in the queue, and
// a second host is refused and told whom to look for.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			url := centre(t)
			file := withDesk(t, url, "bots: {", "bots: {gone: {command: [/nowhere/bot]}, ", "channels:\n", `channels:
  lost:
    line: directline
    secrets: [sixteen-characters-of-another]
    desk: acme
    desk_channel: Web support
    bot: gone
    handoff: {targets: {default: {queue: "101"}}}
`)
			p := serving(t, file)
			begun, _ := fetched(t, http.MethodPost, p.front+"/v3/directline/conversations", "sixteen-characters-of-another", "")
			var c struct{ ConversationID, Token string }
			if err := json.Unmarshal([]byte(begun), &c); err != nil {
				t.Fatal(err, begun)
			}
			fetched(t, http.MethodPost, p.front+"/v3/directline/conversations/"+c.ConversationID+"/activities", c.Token,
				`{"type":"message","text":"anybody?","from":{"id":"kim"}}`)
			eventually(t, "a ticket in the queue", func() bool {
				waiting, _ := fetched(t, http.MethodGet, url+"/simulator/v1/queues", "", "")
				return regexp.MustCompile(`"id":"101","name":"[^"]*","waiting":\["`).MatchString(waiting)
			})

			if _, stderr, code := called(t, "serve", "-c", file); code != exitWrong || !strings.Contains(stderr, fmt.Sprint(p.cmd.Process.Pid)) {
				t.Errorf("a second host: exit %d, %q", code, stderr)
			}

			shown, _ := fetched(t, http.MethodGet, p.ops+"/api/v1/bots", "operator", "")
			var bots struct{ Bots []struct{ PID int } }
			if err := json.Unmarshal([]byte(shown), &bots); err != nil {
				t.Fatal(err, shown)
			}
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, &p.log)
			}
			running := 0
			for _, b := range bots.Bots {
				if b.PID == 0 { // the one that is not there
					continue
				}
				running++
				if syscall.Kill(b.PID, 0) == nil {
					t.Errorf("its bot is left, process %d", b.PID)
				}
			}
			if running != 1 {
				t.Errorf("%d bots were running: %s", running, shown)
			}
		})
	}
}

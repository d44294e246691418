package bot_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// asBot makes the test binary a bot instead of running tests.
const asBot = "PATCHBAY_TEST_AS_BOT"

func TestMain(m *testing.M) {
	if os.Getenv(asBot) != "" {
		bot.Serve(bot.Func(testBot), bot.Describe(bot.Description{
			Name: "testbot", Version: "1.2.3", SettingsSchema: `{"required": ["answers", "tone"]}`,
		}))
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the stacks of deliberate panics
	os.Exit(m.Run())
}

// testBot does what the customer says.
func testBot(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	switch t.Text() {
	case "print":
		fmt.Println("printed", strings.Repeat("x", 1<<20))
		slog.Info("logged", "turn", t.ID)
	case "panic":
		panic("oh")
	case "wait": // for the process to be told to leave
		if err := reply.Say("waiting"); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	case "hang":
		if err := reply.Say("hanging"); err != nil {
			return err
		}
		select {} // whatever becomes of ctx
	}
	return reply.Say("You said: " + t.Text())
}

// child is the test binary as a bot that a host has started.
type child struct {
	*bot.Client
	cmd    *exec.Cmd
	conn   *grpc.ClientConn
	stdin  io.Closer
	stderr *lines
	dir    string
}

func start(t *testing.T) *child {
	t.Helper()
	c := &child{stderr: &lines{}, dir: t.TempDir()}
	handshake := bot.Handshake()
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = []string{
		asBot + "=1", handshake.MagicCookieKey + "=" + handshake.MagicCookieValue,
		"PLUGIN_PROTOCOL_VERSIONS=1", "PLUGIN_UNIX_SOCKET_DIR=" + c.dir,
	}
	c.cmd.Stderr = c.stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.stdin = stdin
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("read the handshake: %v\n%s", err, c.stderr)
	}
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 || parts[0] != "1" || parts[1] != "1" || parts[2] != "unix" || parts[4] != "grpc" {
		t.Fatalf("handshake %q", line)
	}
	c.conn, err = grpc.NewClient("unix:"+parts[3], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.conn.Close() })
	c.Client = bot.NewClient(c.conn)
	if err := c.Configure(t.Context(), bot.Settings{}, false); err != nil {
		t.Fatalf("configure: %v\n%s", err, c.stderr)
	}
	return c
}

// left waits for the process to have left by itself, and leave nothing behind.
func (c *child) left(t *testing.T) {
	t.Helper()
	stuck := time.AfterFunc(20*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer stuck.Stop()
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("the bot left with %v\n%s", err, c.stderr)
	}
	if files, err := os.ReadDir(c.dir); err != nil || len(files) > 0 {
		t.Errorf("left in the socket's folder: %v, %v", files, err)
	}
}

// asked runs a turn and says what came, word for word.
func asked(t *testing.T, b bot.Bot, text string, emitted func(bot.Event)) string {
	t.Helper()
	var said []string
	err := bot.Run(t.Context(), b, &bot.Turn{ID: "t1", Messages: []bot.Message{{Text: text}}}, func(e bot.Event) error {
		switch {
		case e.Message != nil:
			said = append(said, e.Message.Text)
		case e.Fail != nil:
			said = append(said, "fail: "+e.Fail.Reason)
		}
		if emitted != nil {
			emitted(e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(said, " / ")
}

// lines is a buffer that may be written and read at once.
type lines struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

func TestByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"no arguments": {nil, 1, "", "testbot 1.2.3 is a Patchbay bot."},
		"settings":     {nil, 1, "", "        settings: {answers: …, tone: …}\n"},
		"nonsense":     {[]string{"start"}, 1, "", `"patchbay check"`},
		"help":         {[]string{"--help"}, 0, "command: [" + os.Args[0] + "]", ""},
		"-h":           {[]string{"-h"}, 0, "testbot 1.2.3 is a Patchbay bot.", ""},
		"version":      {[]string{"--version"}, 0, "testbot 1.2.3\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(os.Args[0], c.args...)
			cmd.Env = []string{asBot + "=1"}
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			exit, _ := errors.AsType[*exec.ExitError](err)
			if code := exitCode(exit); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for stream, want := range map[*bytes.Buffer]string{&stdout: c.stdout, &stderr: c.stderr} {
				if want == "" && stream.Len() > 0 || !strings.Contains(stream.String(), want) {
					t.Errorf("printed %q, want %q", stream, want)
				}
			}
		})
	}
}

func exitCode(exit *exec.ExitError) int {
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

func TestStdinEndLeaves(t *testing.T) {
	t.Parallel()
	c := start(t)
	if got := asked(t, c, "hello", nil); got != "You said: hello" {
		t.Errorf("answered %q", got)
	}
	_ = c.stdin.Close()
	c.left(t)
}

func TestStdinEndLeavesAtOnceWithTurnsInFlight(t *testing.T) {
	t.Parallel()
	c := start(t)
	got := asked(t, c, "hang", func(bot.Event) { _ = c.stdin.Close() })
	if !strings.HasPrefix(got, "hanging / fail: ") {
		t.Errorf("answered %q", got)
	}
	c.left(t)
}

func TestSIGTERMLeavesAfterTurnsInFlight(t *testing.T) {
	t.Parallel()
	c := start(t)
	got := asked(t, c, "wait", func(e bot.Event) {
		if e.Seq == 1 {
			_ = c.cmd.Process.Signal(syscall.SIGTERM)
		}
	})
	if want := "waiting / You said: wait"; got != want {
		t.Errorf("answered %q, want %q", got, want)
	}
	c.left(t)
}

func TestSecondSIGTERMLeavesAtOnce(t *testing.T) {
	t.Parallel()
	c := start(t)
	got := asked(t, c, "hang", func(e bot.Event) {
		if e.Seq == 1 {
			go terminateUntilGone(c.cmd.Process)
		}
	})
	if !strings.HasPrefix(got, "hanging / fail: ") {
		t.Errorf("answered %q", got)
	}
	c.left(t)
}

// terminateUntilGone repeats the signal: two in quick succession may arrive as
// one.
func terminateUntilGone(p *os.Process) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for p.Signal(syscall.SIGTERM) == nil {
		<-tick.C
	}
}

func TestShutdownLeavesAfterTurnsInFlight(t *testing.T) {
	t.Parallel()
	c := start(t)
	// What go-plugin's client holds open as long as it is connected.
	stdio, err := c.conn.NewStream(t.Context(), &grpc.StreamDesc{ServerStreams: true}, "/plugin.GRPCStdio/StreamStdio")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(stdio.SendMsg(&emptypb.Empty{}), stdio.CloseSend()); err != nil {
		t.Fatal(err)
	}
	got := asked(t, c, "wait", func(e bot.Event) {
		if e.Seq != 1 {
			return
		}
		if err := c.conn.Invoke(t.Context(), "/plugin.GRPCController/Shutdown", &emptypb.Empty{}, &emptypb.Empty{}); err != nil {
			t.Errorf("shut down: %v", err)
		}
	})
	if want := "waiting / You said: wait"; got != want {
		t.Errorf("answered %q, want %q", got, want)
	}
	c.left(t)
}

func TestPrintingAndPanickingGoToStderr(t *testing.T) {
	t.Parallel()
	c := start(t)
	if got := asked(t, c, "print", nil); got != "You said: print" {
		t.Errorf("answered %q", got)
	}
	if got := asked(t, c, "panic", nil); got != "fail: panic: oh" {
		t.Errorf("answered %q", got)
	}
	_ = c.stdin.Close()
	c.left(t)
	messages := map[string]map[string]any{}
	for line := range strings.Lines(c.stderr.String()) {
		if strings.HasPrefix(line, "printed x") {
			messages["printed"] = nil
			continue
		}
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("%.80q on stderr is not JSON: %v", line, err)
			continue
		}
		messages[fmt.Sprint(record["msg"])] = record
	}
	if _, ok := messages["printed"]; !ok {
		t.Error("what was printed to stdout is lost")
	}
	if messages["logged"]["turn"] != "t1" {
		t.Errorf("logged %v", messages["logged"])
	}
	if stack := fmt.Sprint(messages["panic"]["stack"]); !strings.Contains(stack, "testBot") {
		t.Errorf("the panic's stack is %.200q", stack)
	}
}

func TestTooLargeATurnIsRefused(t *testing.T) {
	t.Parallel()
	c := start(t)
	got := asked(t, c, strings.Repeat("x", 4<<20), nil)
	if !strings.Contains(got, "ResourceExhausted") {
		t.Errorf("answered %.200q", got)
	}
}

package supervisor

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

// The test binary is also the zoo: run with "zoo NAME", it is a bot that
// behaves as NAME says. So each test has a real process without a build.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "zoo" {
		zoo(os.Args[2], os.Args[3:])
		leave(0)
	}
	os.Exit(m.Run())
}

// zoo runs one animal.
func zoo(name string, args []string) {
	var a animal
	switch name {
	case "good": // with the SDK, as authors have it
		bot.Serve(bot.Func(func(_ context.Context, t *bot.Turn, reply *bot.Reply) error {
			fmt.Println("printed to stdout")
			return reply.Say("You said: " + t.Text())
		}))
		return
	case "echo":
	case "silent":
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	case "banner":
		fmt.Println("Loading \x1b[31mmodel\x1b[0m ...")
	case "cookie":
		fmt.Fprintln(os.Stderr, "I am a plugin of something else")
		leave(1)
	case "version":
		a.line = func(good string) string { return strings.Replace(good, "1|1|", "1|9|", 1) }
	case "tcp":
		a.network = "tcp"
		a.listenAt = func(string) string { return "127.0.0.1:0" }
	case "foreign":
		a.listenAt = func(string) string { return filepath.Join(os.Getenv("TMPDIR"), "s") }
	case "symlink":
		a.listenAt = func(string) string { return filepath.Join(os.Getenv("TMPDIR"), "s") }
		a.line = func(good string) string {
			link := filepath.Join(os.Getenv(socketDirVar), "link")
			must(os.Symlink(filepath.Join(os.Getenv("TMPDIR"), "s"), link))
			fields := strings.Split(good, "|")
			fields[3] = link
			return strings.Join(fields, "|")
		}
	case "notls":
		a.plain = true
		a.line = func(good string) string { return good[:strings.LastIndex(good, "|")] }
	case "falsecert":
		a.plain = true
	case "deaf":
		a.deaf = true
	case "crash":
		fmt.Fprintln(os.Stderr, "boom: no model found")
		leave(3)
	case "crashonce": // until the file exists
		if _, err := os.Stat(args[0]); err != nil {
			fmt.Fprintln(os.Stderr, "boom: no model found")
			leave(3)
		}
	case "crashturn":
		a.turn = func(*botv1.TurnRequest, say) error {
			fmt.Fprintln(os.Stderr, `{"level":"error","msg":"out of ideas"}`)
			leave(7)
			return nil
		}
	case "half": // says half of it, and waits
		a.turn = func(_ *botv1.TurnRequest, s say) error {
			must(s.Send(message(1, "half of an ans")))
			<-s.Context().Done()
			return s.Context().Err()
		}
	case "hangs": // until it is cancelled
		a.turn = func(_ *botv1.TurnRequest, s say) error {
			<-s.Context().Done()
			return s.Context().Err()
		}
	case "sick": // has no time for health checks
		a.check = func(context.Context) { select {} }
	case "busy": // neither, but emits
		var checks atomic.Int32
		a.check = func(context.Context) {
			if checks.Add(1) > 1 {
				select {}
			}
		}
		a.turn = func(_ *botv1.TurnRequest, s say) error {
			tick := time.NewTicker(20 * time.Millisecond)
			for seq := uint32(1); seq < 40; seq++ {
				<-tick.C
				must(s.Send(&botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Typing{Typing: &botv1.Typing{}}}))
			}
			return s.Send(done(40))
		}
	case "noterminal":
		a.turn = func(_ *botv1.TurnRequest, s say) error { return s.Send(message(1, "and?")) }
	case "endless":
		a.turn = func(_ *botv1.TurnRequest, s say) error {
			for seq := uint32(1); ; seq++ {
				if err := s.Send(message(seq, "on and on")); err != nil {
					return err
				}
			}
		}
	case "fat":
		a.turn = func(_ *botv1.TurnRequest, s say) error { return s.Send(message(1, strings.Repeat("x", 5<<20))) }
	case "huge": // says that 3 GiB follow
		a.raw = []byte{0, 0xc0, 0, 0, 0}
	case "binary": // a text that is no UTF-8
		a.raw = []byte{0, 0, 0, 0, 7, 0x08, 1, 0x12, 3, 0x12, 1, 0xff}
	case "message42":
		a.ready = func() { fmt.Fprintln(os.Stderr, `{"@message": 42, "@level": {"a": 1}, "x": [null]}`) }
	case "longline":
		a.ready = func() {
			long := strings.Repeat("x", 1<<20)
			fmt.Fprintln(os.Stdout, long)
			fmt.Fprintln(os.Stderr, long)
			fmt.Fprintln(os.Stderr, "after the long line")
		}
	case "flood":
		flood := func(w io.Writer) {
			for line := []byte(strings.Repeat("flood ", 20) + "\n"); ; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}
		a.ready = func() { go flood(os.Stdout); go flood(os.Stderr) }
	case "parent", "parent-setsid": // starts a child that holds its outputs, and ends in a turn
		a.ready = func() {
			child := exec.Command(os.Args[0], "zoo", "child")
			child.Stdout, child.Stderr = os.Stdout, os.Stderr
			child.SysProcAttr = &syscall.SysProcAttr{Setsid: name == "parent-setsid"}
			must(child.Start())
			fmt.Fprintln(os.Stderr, "child", child.Process.Pid)
		}
		a.turn = func(*botv1.TurnRequest, say) error { leave(5); return nil }
	case "child":
		signal.Ignore(syscall.SIGTERM, syscall.SIGHUP)
		select {}
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		a.stubborn = true
	case "stubborn-silent":
		signal.Ignore(syscall.SIGTERM)
		select {}
	case "env":
		a.turn = func(_ *botv1.TurnRequest, s say) error {
			must(s.Send(message(1, surroundings())))
			return s.Send(done(2))
		}
	case "settings":
		a.configure = func(r *botv1.ConfigureRequest) *botv1.ConfigureResponse {
			if r.GetSettings().GetFields()["answers"] != nil {
				return &botv1.ConfigureResponse{}
			}
			return &botv1.ConfigureResponse{Errors: []*botv1.SettingError{{Key: "answers", Problem: "is missing; name a file"}}}
		}
	case "blabs":
		a.configure = func(r *botv1.ConfigureRequest) *botv1.ConfigureResponse {
			fmt.Fprintf(os.Stderr, "my token is %s\n", r.GetSecrets()["token"])
			return &botv1.ConfigureResponse{Errors: []*botv1.SettingError{{Problem: "cannot use " + r.GetSecrets()["token"]}}}
		}
	case "single": // one turn at a time
		a.turns = 1
		a.turn = func(r *botv1.TurnRequest, s say) error {
			if strings.Contains(r.GetMessages().String(), "hang") {
				<-s.Context().Done()
				return s.Context().Err()
			}
			return s.Send(done(1))
		}
	case "host":
		zooHost(args)
		return
	default:
		fmt.Fprintln(os.Stderr, "no such animal:", name)
		leave(2)
	}
	a.serve()
}

// zooHost is a host with one bot, to be killed: it prints the bot's process.
func zooHost(args []string) {
	s, err := New([]Config{{Name: "guest", Command: []string{os.Args[0], "zoo", args[1]}}}, Options{RunDir: args[0], Logger: quiet()})
	must(err)
	go func() { must(s.Run(context.Background())) }()
	must(s.Settled(context.Background()))
	fmt.Println(s.Status()[0].PID)
	select {}
}

// leave exits without the second that a binary built with -race takes for it.
func leave(code int) { syscall.Exit(code) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

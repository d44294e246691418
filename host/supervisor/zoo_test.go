package supervisor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/emptypb"

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

// animal is a bot made by hand, without the SDK and without go-plugin, so that
// each part of it can be wrong. The zero value is a good one, which echoes.
type animal struct {
	botv1.UnimplementedBotServiceServer
	network   string                      // default unix
	listenAt  func(sockets string) string // default a file in sockets
	line      func(good string) string    // what is printed for a handshake
	plain     bool                        // speaks without TLS
	deaf      bool                        // listens, and accepts nothing
	ready     func()                      // called after the handshake
	stubborn  bool                        // ignores whoever asks it to leave
	turn      func(*botv1.TurnRequest, say) error
	configure func(*botv1.ConfigureRequest) *botv1.ConfigureResponse
	check     func(context.Context) // called in each health check
	raw       []byte                // what a turn answers, as it goes over the wire
	turns     uint32
}

type say = grpc.ServerStreamingServer[botv1.TurnResponse]

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

// serve does what a bot's process does, from cookie to leaving.
func (a animal) serve() {
	handshake := bot.Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		panic("no cookie")
	}
	network, address := "unix", filepath.Join(os.Getenv(socketDirVar), "s")
	if a.network != "" {
		network = a.network
	}
	if a.listenAt != nil {
		address = a.listenAt(os.Getenv(socketDirVar))
	}
	listener, err := net.Listen(network, address)
	must(err)
	id, err := newIdentity(time.Now())
	must(err)
	line := fmt.Sprintf("1|1|%s|%s|grpc|%s", network, listener.Addr(),
		base64.RawStdEncoding.EncodeToString(id.config.Certificates[0].Certificate[0]))
	if a.line != nil {
		line = a.line(line)
	}
	server := a.server(id)
	if !a.deaf {
		go func() { must(a.serveOn(server, listener, id)) }()
	}
	fmt.Println(line)
	if a.ready != nil {
		a.ready()
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	if a.stubborn {
		select {}
	}
	fmt.Fprintln(os.Stderr, "leaving: stdin has ended")
}

// serveOn serves over HTTP/2, by grpc or, to say anything on it, by net/http.
func (a animal) serveOn(server *grpc.Server, listener net.Listener, id *identity) error {
	if a.raw == nil {
		return server.Serve(listener)
	}
	web := http.Server{TLSConfig: a.tls(id), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != turnMethod {
			server.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/grpc")
		_, _ = w.Write(a.raw)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})}
	return web.ServeTLS(listener, "", "")
}

func (a animal) tls(id *identity) *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(os.Getenv("PLUGIN_CLIENT_CERT")))
	return &tls.Config{
		Certificates: id.config.Certificates, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots,
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"},
	}
}

func (a animal) server(id *identity) *grpc.Server {
	var options []grpc.ServerOption
	if !a.plain {
		options = append(options, grpc.Creds(credentials.NewTLS(a.tls(id))))
	}
	server := grpc.NewServer(options...)
	botv1.RegisterBotServiceServer(server, a)
	healthy := health.NewServer()
	healthy.SetServingStatus(healthService, grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(server, checked{healthy, a.check})
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "plugin.GRPCController", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Shutdown", Handler: func(_ any, _ context.Context, read func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			must(read(&emptypb.Empty{}))
			if !a.stubborn {
				go func() {
					server.GracefulStop()
					leave(0)
				}()
			}
			return &emptypb.Empty{}, nil
		}}},
	}, nil)
	return server
}

func (a animal) Describe(context.Context, *botv1.DescribeRequest) (*botv1.DescribeResponse, error) {
	return &botv1.DescribeResponse{Name: "zoo", Version: "1.2.3", Limits: &botv1.Limits{Turns: a.turns}}, nil
}

func (a animal) Configure(_ context.Context, r *botv1.ConfigureRequest) (*botv1.ConfigureResponse, error) {
	if a.configure != nil {
		return a.configure(r), nil
	}
	return &botv1.ConfigureResponse{}, nil
}

func (a animal) Turn(r *botv1.TurnRequest, s say) error {
	if a.turn != nil {
		return a.turn(r, s)
	}
	text := r.GetMessages().GetMessages()[0].GetText()
	must(s.Send(message(1, "You said: "+text)))
	return s.Send(done(2))
}

func message(seq uint32, text string) *botv1.TurnResponse {
	return &botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Message{Message: &botv1.Message{Text: text}}}
}

func done(seq uint32) *botv1.TurnResponse {
	return &botv1.TurnResponse{Seq: seq, Event: &botv1.TurnResponse_Done{Done: &botv1.Done{}}}
}

// checked is a health service with something that happens in each check.
type checked struct {
	grpc_health_v1.HealthServer
	check func(context.Context)
}

func (c checked) Check(ctx context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if c.check != nil {
		c.check(ctx)
	}
	return c.HealthServer.Check(ctx, r)
}

// around is what a bot sees around it.
type around struct {
	Env   map[string]string
	Dir   string
	Args0 string
	Curve string
	Modes map[string]string
	Files []string // open descriptors
}

func surroundings() string {
	see := around{Env: map[string]string{}, Args0: os.Args[0], Modes: map[string]string{}}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		see.Env[name] = value
	}
	see.Dir, _ = os.Getwd()
	block, _ := pem.Decode([]byte(see.Env["PLUGIN_CLIENT_CERT"]))
	certificate, err := x509.ParseCertificate(block.Bytes)
	must(err)
	see.Curve = fmt.Sprint(certificate.PublicKeyAlgorithm, " ", len(certificate.RawSubjectPublicKeyInfo))
	for _, name := range []string{"HOME", "TMPDIR", socketDirVar} {
		info, err := os.Stat(see.Env[name])
		must(err)
		see.Modes[name] = info.Mode().Perm().String()
	}
	raw, err := json.Marshal(see)
	must(err)
	return string(raw)
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

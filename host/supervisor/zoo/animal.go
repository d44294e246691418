package zoo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/patchbay-host/patchbay/plugins/bot"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

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
	history   uint32
}

// Words of the contract between host and process.
const (
	socketDirVar  = "PLUGIN_UNIX_SOCKET_DIR"
	healthService = "plugin"
	turnMethod    = botv1.BotService_Turn_FullMethodName
)

type say = grpc.ServerStreamingServer[botv1.TurnResponse]

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
	id := newIdentity()
	line := fmt.Sprintf("1|1|%s|%s|grpc|%s", network, listener.Addr(),
		base64.RawStdEncoding.EncodeToString(id.Certificate[0]))
	if a.line != nil {
		line = a.line(line)
	}
	server := a.server(id)
	if !a.deaf {
		go func() { must(a.serveOn(server, listener, id)) }()
	}
	shout(line)
	if a.ready != nil {
		a.ready()
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	if a.stubborn {
		select {}
	}
	complain("leaving: stdin has ended")
}

// serveOn serves over HTTP/2, by grpc or, to say anything on it, by net/http.
func (a animal) serveOn(server *grpc.Server, listener net.Listener, id tls.Certificate) error {
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

func (a animal) tls(id tls.Certificate) *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(os.Getenv("PLUGIN_CLIENT_CERT")))
	return &tls.Config{
		Certificates: []tls.Certificate{id}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots,
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"},
	}
}

func (a animal) server(id tls.Certificate) *grpc.Server {
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
	return &botv1.DescribeResponse{Name: "zoo", Version: "1.2.3", Limits: &botv1.Limits{Turns: a.turns, History: a.history}}, nil
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
	if len(r.GetMessages().GetMessages()) == 0 {
		return s.Send(done(1))
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

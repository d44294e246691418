package bot

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	hclog "github.com/hashicorp/go-hclog"
	plugin "github.com/hashicorp/go-plugin"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// grace is how long turns in flight may go on once the process is to leave.
// The host has a deadline of its own, usually shorter.
const grace = 30 * time.Second

// process is a bot's process while a host holds it. go-plugin listens, shakes
// hands and does TLS; leaving is ours, because go-plugin cuts off the turns in
// flight when it is told to shut down.
type process struct {
	server  *grpc.Server // nil until go-plugin has come that far
	stderr  *os.File
	begun   sync.Once
	leaving context.Context // done when the process is to leave
	leave   context.CancelFunc
}

// serveProcess serves s until the host lets go of it or is gone, and reports
// whether it came to serving at all.
func serveProcess(s *Server) bool {
	p := &process{stderr: os.Stderr}
	p.leaving, p.leave = context.WithCancel(context.Background())
	defer p.leave()
	slog.SetDefault(slog.New(slog.NewJSONHandler(p.stderr, nil)))
	logger := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: io.Discard})
	logger.RegisterSink(slogSink{})
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: Handshake(),
		Plugins:         plugin.PluginSet{PluginName: &Plugin{server: s}},
		GRPCServer:      p.newServer,
		Logger:          logger,
	})
	return p.server != nil
}

// newServer is called once by go-plugin, before the handshake.
func (p *process) newServer(options []grpc.ServerOption) *grpc.Server {
	p.server = grpc.NewServer(append(options,
		grpc.MaxRecvMsgSize(maxWireMessage),
		grpc.UnaryInterceptor(p.unary),
		grpc.StreamInterceptor(p.stream))...)
	terminate := make(chan os.Signal, 2)
	signal.Notify(terminate, syscall.SIGTERM)
	go p.watchSignals(terminate)
	go p.watchStdin(os.Stdin)
	go p.stopWhenLeaving()
	return p.server
}

// watchSignals leaves at the first signal, and leaves at once at the second.
func (p *process) watchSignals(terminate <-chan os.Signal) {
	<-terminate
	p.leave()
	<-terminate
	p.server.Stop()
}

// watchStdin leaves at once when stdin ends: the host holds the other end of it
// and is gone, so nobody waits for the turns in flight.
func (p *process) watchStdin(stdin io.Reader) {
	_, _ = io.Copy(io.Discard, stdin)
	p.server.Stop()
}

// stopWhenLeaving lets the turns in flight end, within grace.
func (p *process) stopWhenLeaving() {
	<-p.leaving.Done()
	time.AfterFunc(grace, p.server.Stop)
	p.server.GracefulStop()
}

// unary leaves when the host says so. go-plugin's own answer to Shutdown is not
// asked: it would not wait for the turns in flight.
func (p *process) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	p.begun.Do(p.takeStdout)
	if info.FullMethod == "/plugin.GRPCController/Shutdown" {
		p.leave()
		return &emptypb.Empty{}, nil
	}
	return handler(ctx, request)
}

// stream ends every stream but a turn when the process is to leave: go-plugin
// holds one open for the life of the connection, which would never end.
func (p *process) stream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	p.begun.Do(p.takeStdout)
	if strings.HasPrefix(info.FullMethod, "/"+botv1.BotService_ServiceDesc.ServiceName+"/") {
		return handler(service, stream)
	}
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	defer context.AfterFunc(p.leaving, cancel)()
	return handler(service, streamWith{stream, ctx})
}

// streamWith is a stream with another context.
type streamWith struct {
	grpc.ServerStream
	ctx context.Context
}

func (s streamWith) Context() context.Context { return s.ctx }

// takeStdout sends to stderr what the bot prints from now on. go-plugin puts
// pipes in the place of both after the handshake, which block the bot if the
// host does not read them. Called before the bot's first method.
func (p *process) takeStdout() { os.Stdout, os.Stderr = p.stderr, p.stderr }

// slogSink passes go-plugin's warnings on to slog.
type slogSink struct{}

func (slogSink) Accept(_ string, level hclog.Level, message string, args ...any) {
	switch {
	case level >= hclog.Error:
		slog.Error(message, args...)
	case level >= hclog.Warn:
		slog.Warn(message, args...)
	}
}

package supervisor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"time"

	"github.com/hashicorp/go-hclog"
	plugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	grpcbackoff "google.golang.org/grpc/backoff"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

const (
	// maxMessage is the largest gRPC message that passes either way.
	maxMessage = 4 << 20
	// maxHeaders is the largest set of gRPC headers or trailers taken.
	maxHeaders = 64 << 10
)

// library is the part of go-plugin that is used: its handshake and its
// connection. All else it offers (Kill, Ping, reattaching, reading stderr,
// checking sums) can block for ever, panic, or does not work with a runner of
// our own.
type library struct {
	client *plugin.Client
	guest  *guest
}

// newLibrary prepares the start of one process. Nothing of it can be used for
// another.
func newLibrary(g *guest, id *identity, l *logs, heard func()) *library {
	return &library{guest: g, client: plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  bot.Handshake(),
		Plugins:          bot.Plugins(),
		RunnerFunc:       g.runnerFunc,
		SkipHostEnv:      true,
		TLSConfig:        id.config,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: string(g.dir)},
		SyncStdout:       l.stream("stdout"),
		SyncStderr:       l.stream("stderr"),
		Logger:           hclog.NewNullLogger(),
		GRPCDialOptions:  dialOptions(g, heard),
	})}
}

// dialOptions come after the library's own, and so prevail.
func dialOptions(g *guest, heard func()) []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithMaxHeaderListSize(maxHeaders),
		grpc.WithContextDialer(g.dial),
		grpc.WithNoProxy(),
		grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           grpcbackoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: 2 * time.Second,
		}),
		grpc.WithChainStreamInterceptor(listen(heard)),
	}
}

// dial connects to the process's socket, looking at it again each time.
func (g *guest) dial(ctx context.Context, _ string) (net.Conn, error) {
	select {
	case <-g.proc.exited:
		return nil, errors.New("the process is gone")
	default:
	}
	path := socketOf(g.line)
	if err := checkAddress("unix", path, g.dir.sockets()); err != nil {
		return nil, err
	}
	return (&net.Dialer{}).DialContext(ctx, "unix", path)
}

// start starts the process and waits for its handshake. It takes as long as
// guest.begin does.
func (l *library) start() error {
	return guard(func() error {
		_, err := l.client.Start()
		return err
	})
}

// connect connects to the started process. Should it not be done in time, it
// ends when the process does.
func (l *library) connect(ctx context.Context) (*grpc.ClientConn, *bot.Client, error) {
	type connected struct {
		conn   *grpc.ClientConn
		client *bot.Client
		err    error
	}
	done := make(chan connected, 1)
	go func() {
		var c connected
		c.err = guard(func() (err error) {
			c.conn, c.client, err = l.dispense()
			return err
		})
		if ctx.Err() != nil && c.conn != nil {
			c.conn.Close() // nobody waits any more
		}
		done <- c
	}()
	select {
	case c := <-done:
		return c.conn, c.client, c.err
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("the process took no connection in time: %w", context.Cause(ctx))
	}
}

func (l *library) dispense() (*grpc.ClientConn, *bot.Client, error) {
	protocol, err := l.client.Client()
	if err != nil {
		return nil, nil, err
	}
	over, ok := protocol.(*plugin.GRPCClient)
	if !ok {
		return nil, nil, fmt.Errorf("the connection is a %T, not gRPC", protocol)
	}
	dispensed, err := protocol.Dispense(bot.PluginName)
	if err != nil {
		return nil, nil, err
	}
	client, ok := dispensed.(*bot.Client)
	if !ok {
		return nil, nil, fmt.Errorf("what was dispensed is a %T, not a bot", dispensed)
	}
	return over.Conn, client, nil
}

// guard turns a panic of the library's into an error.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in go-plugin: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// listen calls heard for each message that arrives on a stream of the bot's
// own service.
func listen(heard func()) grpc.StreamClientInterceptor {
	return func(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string,
		streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
		stream, err := streamer(ctx, desc, conn, method, opts...)
		if err != nil || method != turnMethod {
			return stream, err
		}
		return &heardStream{ClientStream: stream, heard: heard}, nil
	}
}

type heardStream struct {
	grpc.ClientStream
	heard func()
}

// RecvMsg notes that something was received.
func (s *heardStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil {
		s.heard()
	}
	return err
}

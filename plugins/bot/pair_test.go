package bot_test

import (
	"context"
	"net"
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// dial serves what register registers and connects to it, in memory.
func dial(t testing.TB, register func(*grpc.Server), options ...grpc.ServerOption) *bot.Client {
	t.Helper()
	listener := bufconn.Listen(64 << 10)
	server := grpc.NewServer(options...)
	register(server)
	go func() { _ = server.Serve(listener) }()
	conn, err := grpc.NewClient("passthrough:bot",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
	})
	return bot.NewClient(conn)
}

// pair is the client of b behind the wire, configured.
func pair(t testing.TB, b bot.Bot) *bot.Client {
	t.Helper()
	return configured(t, func(bot.Settings) (bot.Bot, error) { return b, nil })
}

func configured(t testing.TB, f bot.Factory) *bot.Client {
	t.Helper()
	client := dial(t, func(s *grpc.Server) { bot.NewServer(bot.Description{Name: "test"}, f).Register(s) })
	if err := client.Configure(t.Context(), bot.Settings{}, false); err != nil {
		t.Fatalf("configure: %v", err)
	}
	return client
}

// events runs one turn and collects what it emits.
func events(t testing.TB, ctx context.Context, b bot.Bot, turn *bot.Turn) []bot.Event {
	t.Helper()
	var all []bot.Event
	err := bot.Run(ctx, b, turn, func(e bot.Event) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return all
}

package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"

	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Server is the gRPC service over a bot: the other end of a [Client]. [Serve]
// is what authors use; a Server alone is for tests that want the wire without
// the process.
type Server struct {
	botv1.UnimplementedBotServiceServer
	description Description
	factory     Factory
	bot         atomic.Pointer[Bot] // nil until configured
}

// NewServer makes a service over the bot that f makes from the settings.
func NewServer(d Description, f Factory) *Server {
	return &Server{description: d, factory: f}
}

// Register adds the service to s.
func (s *Server) Register(r grpc.ServiceRegistrar) { botv1.RegisterBotServiceServer(r, s) }

// Describe says what the bot is.
func (s *Server) Describe(context.Context, *botv1.DescribeRequest) (*botv1.DescribeResponse, error) {
	return descriptionToWire(s.description), nil
}

// Configure makes a bot from the settings and, unless it is only asked whether
// they are fine, puts the next turns to it. Turns in flight stay with the bot
// that they began with.
func (s *Server) Configure(_ context.Context, w *botv1.ConfigureRequest) (*botv1.ConfigureResponse, error) {
	settings := Settings{
		Bot: w.GetBot(), Values: w.GetSettings().AsMap(), Secrets: w.GetSecrets(), BaseDir: w.GetBaseDir(),
	}
	var made Bot
	err := logPanic("configure", func() (err error) {
		made, err = s.factory(settings)
		return err
	})
	if _, ok := errors.AsType[*PanicError](err); ok {
		return nil, errorToStatus(err)
	}
	if _, ok := errors.AsType[*instructionError](err); ok {
		return nil, errorToStatus(err)
	}
	if err != nil {
		return settingErrorsToWire(settingErrors(err).tellable()), nil
	}
	if made == nil {
		return nil, status.Error(codes.Internal, "the factory made no bot and gave no error")
	}
	if !w.GetValidateOnly() {
		s.bot.Store(&made)
	}
	return &botv1.ConfigureResponse{}, nil
}

// Turn puts a turn to the bot and streams what it answers.
func (s *Server) Turn(w *botv1.TurnRequest, stream grpc.ServerStreamingServer[botv1.TurnResponse]) error {
	ctx, t := stream.Context(), turnFromWire(w)
	if deadline, ok := ctx.Deadline(); ok && t.Deadline.IsZero() {
		t.Deadline = deadline
	}
	logged := Func(func(ctx context.Context, t *Turn, reply *Reply) error {
		b, err := s.configured()
		if err != nil {
			return Permanent(err)
		}
		return logPanic("turn", func() error { return b.Turn(ctx, t, reply) }, "turn", t.ID, "conversation", t.Conversation)
	})
	return Run(ctx, logged, t, func(e Event) error { return stream.Send(eventToWire(e)) })
}

// Observe tells an [Observer]; any other bot answers UNIMPLEMENTED.
func (s *Server) Observe(ctx context.Context, w *botv1.ObserveRequest) (*botv1.ObserveResponse, error) {
	b, err := s.configured()
	if err != nil {
		return nil, errorToStatus(Permanent(err))
	}
	observer, ok := b.(Observer)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "this bot does not observe")
	}
	err = logPanic("observe", func() error { return observer.Observe(ctx, observedFromWire(w)) })
	return &botv1.ObserveResponse{}, errorToStatus(err)
}

// Drain tells a [Drainer]; any other bot answers UNIMPLEMENTED.
func (s *Server) Drain(ctx context.Context, _ *botv1.DrainRequest) (*botv1.DrainResponse, error) {
	b, err := s.configured()
	if err != nil {
		return &botv1.DrainResponse{}, nil // nothing has begun
	}
	drainer, ok := b.(Drainer)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "this bot does not drain")
	}
	err = logPanic("drain", func() error { return drainer.Drain(ctx) })
	return &botv1.DrainResponse{}, errorToStatus(err)
}

func (s *Server) configured() (Bot, error) {
	if b := s.bot.Load(); b != nil {
		return *b, nil
	}
	return nil, errors.New("the bot is not configured yet")
}

// logPanic calls f and turns a panic into an error, its stack into a log line.
func logPanic(doing string, f func() error, attrs ...any) error {
	err := protect(f)
	if p, ok := errors.AsType[*PanicError](err); ok {
		slog.Error("panic", slices.Concat([]any{"in", doing, "err", p.Value, "stack", string(p.Stack)}, attrs)...)
	}
	return err
}

// fixed is the factory of a bot that has no settings.
func fixed(b Bot) Factory {
	return func(s Settings) (Bot, error) {
		var unknown SettingErrors
		for key := range s.Values {
			unknown = append(unknown, SettingError{Key: key, Problem: "this bot has no settings"})
		}
		slices.SortFunc(unknown, func(a, b SettingError) int { return cmp.Compare(a.Key, b.Key) })
		if len(unknown) > 0 {
			return nil, unknown
		}
		return b, nil
	}
}

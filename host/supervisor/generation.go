package supervisor

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/patchbay-host/patchbay/plugins/bot"
	botv1 "github.com/patchbay-host/patchbay/proto/patchbay/bot/v1"
)

const turnMethod = botv1.BotService_Turn_FullMethodName

// generation is one process of a bot and all that belongs to it: directory,
// certificate, connection. It is made by launch, and not used again once it
// is down.
type generation struct {
	number int
	config Config
	timing timing
	log    *slog.Logger
	ring   *ring

	dir      genDir
	pins     *pins
	identity *identity
	proc     *process // nil until started
	// notInForce are the process's limits that the system does not take.
	notInForce []*LimitError
	output     *output
	library    *library
	conn       *grpc.ClientConn
	client     *bot.Client

	description bot.Description
	slots       chan struct{} // nil: the bot takes any number of turns at once

	// calls ends all calls, with a cause, when the process is down or its
	// stop has come so far.
	calls     context.Context
	endCalls  context.CancelCauseFunc
	gate      gate
	strikes   strikes
	lastHeard atomic.Int64

	// down is closed when the process has ended or hangs; cause says which.
	down  chan struct{}
	once  sync.Once
	cause error
}

// fail marks the generation as down.
func (g *generation) fail(cause error) {
	g.once.Do(func() {
		g.cause = cause
		g.endCalls(cause)
		close(g.down)
	})
}

// followExit marks the generation as down when its process ends. What the
// process said last is read first: it tells why.
func (g *generation) followExit() {
	<-g.output.ended
	g.fail(&ExitError{
		Bot: g.config.Name, Generation: g.number, PID: g.proc.pid,
		Exit: g.proc.exit, LastLine: g.ring.lastOf(g.number), Limits: g.config.Limits,
	})
}

// turn puts a turn to the process. The caller has entered the gate.
func (g *generation) turn(ctx context.Context, t *bot.Turn, reply *bot.Reply) error {
	defer g.gate.leave()
	call, cancel := g.join(ctx)
	defer cancel()
	if err := g.takeSlot(call); err != nil {
		return err
	}
	defer g.freeSlot()
	began := time.Now()
	err := g.client.Turn(call, shortened(t, g.description.History), reply)
	if g.judge(call, err, time.Since(began)) {
		g.fail(g.sickness())
	}
	return g.retell(g.blame(err)) // which is kept, and may be shown to agents
}

// shortened is t with the newest of its history that the bot wants; 0: all.
func shortened(t *bot.Turn, wanted uint32) *bot.Turn {
	if wanted == 0 || uint64(len(t.History)) <= uint64(wanted) {
		return t
	}
	short := *t
	short.History = t.History[len(t.History)-int(wanted):]
	return &short
}

// judge counts a turn that ended with err, and reports whether the process is
// sick. A turn that had waited elsewhere for most of its time proves nothing,
// nor does one that was cancelled.
func (g *generation) judge(call context.Context, err error, took time.Duration) bool {
	switch late := errors.Is(err, context.DeadlineExceeded); {
	case late && took >= g.config.TurnDeadline/2:
		return g.strikes.turned(false)
	case late, call.Err() != nil:
		return false
	}
	return g.strikes.turned(true)
}

// observe tells the process what went on. The caller has entered the gate.
func (g *generation) observe(ctx context.Context, o *bot.Observed) error {
	defer g.gate.leave()
	if !slices.Contains(g.description.Capabilities, "observe") {
		return nil
	}
	call, cancel := g.join(ctx)
	defer cancel()
	return g.retell(g.blame(g.client.Observe(call, o)))
}

// join makes a context that ends with ctx or with the generation's calls,
// each with its cause.
func (g *generation) join(ctx context.Context) (context.Context, func()) {
	call, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(g.calls, func() { cancel(context.Cause(g.calls)) })
	return call, func() {
		stop()
		cancel(nil)
	}
}

// takeSlot waits until the bot can take one more turn.
func (g *generation) takeSlot(ctx context.Context) error {
	if g.slots == nil {
		return nil
	}
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g *generation) freeSlot() {
	if g.slots != nil {
		<-g.slots
	}
}

// blame finds out whether a call broke because the process did. To the
// connection, a crash looks like a process that is not there yet.
func (g *generation) blame(err error) error {
	if !broken(err) {
		return err
	}
	wait := time.NewTimer(g.timing.blame)
	defer wait.Stop()
	select {
	case <-g.down:
		return g.cause
	case <-wait.C:
		return err
	}
}

// broken reports whether a call may have ended with the connection rather
// than by the bot's will, which comes with details.
func broken(err error) bool {
	s, ok := status.FromError(err)
	return ok && s.Code() == codes.Unavailable && len(s.Details()) == 0
}

// enter, failed, why and facts make a generation an [instance].

func (g *generation) failed() <-chan struct{} { return g.down }

// enter refuses, too, when the process is gone or hangs and the keeper has not
// noticed yet: the next one will take the call.
func (g *generation) enter() bool {
	select {
	case <-g.proc.exited:
		return false
	case <-g.down:
		return false
	default:
		return g.gate.enter()
	}
}

func (g *generation) why() (Exit, error) {
	var cause error
	select {
	case <-g.down:
		cause = g.cause
	default:
	}
	if g.gone() {
		return g.proc.exit, cause
	}
	return Exit{}, cause
}

func (g *generation) kill() { g.proc.kill() }

func (g *generation) facts() (int, bot.Description) { return g.proc.pid, g.description }

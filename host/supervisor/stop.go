package supervisor

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"
)

// shutdownMethod is go-plugin's own; its messages are empty.
const shutdownMethod = "/plugin.GRPCController/Shutdown"

// errTooLong begins what is said of a step that was not done in time.
var errTooLong = errors.New("not done within the limit")

// stop takes the process out of service, each step with its own deadline: no
// new turns; those in flight may end; what goes on is cancelled; the bot hears
// that there will be no more; it is asked to leave; it is made to.
func (g *generation) stop() {
	idle := g.gate.close()
	if !g.await(idle, g.config.TurnDeadline) {
		g.log.Warn("turns are cancelled: they did not end in time", "limit", g.config.TurnDeadline)
	}
	g.endCalls(errStopping)
	g.announce("drain", g.timing.drain, g.client.Drain)
	until := time.Now().Add(g.timing.shutdown)
	g.announce("shutdown", g.timing.shutdown, func(ctx context.Context) error {
		_ = g.conn.Invoke(ctx, shutdownMethod, &emptypb.Empty{}, &emptypb.Empty{})
		return nil // a server that stops at once cannot answer
	})
	g.conn.Close() // the library's streams would keep a server that stops gracefully
	g.await(nil, time.Until(until))
	g.end()
}

// announce makes a call that the process may not live to answer.
func (g *generation) announce(step string, most time.Duration, call func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.calls), most)
	defer cancel()
	go func() {
		select {
		case <-g.proc.exited:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := call(ctx); err != nil && !g.gone() {
		g.log.Warn("bot did not take it well that it is stopped", "step", step, "err", err)
	}
}

// await waits for done, the end of the process, or the limit, and reports
// whether it was one of the first two.
func (g *generation) await(done <-chan struct{}, most time.Duration) bool {
	limit := time.NewTimer(most)
	defer limit.Stop()
	select {
	case <-done:
	case <-g.proc.exited:
	case <-limit.C:
		return false
	}
	return true
}

func (g *generation) gone() bool {
	select {
	case <-g.proc.exited:
		return true
	default:
		return false
	}
}

// end makes the process leave, with all that it has started, and clears away
// what it used. It works at any stage of a start, and on a process that is
// gone or stopped.
func (g *generation) end() {
	if g.proc != nil {
		g.endProcess()
	}
	if g.conn != nil {
		g.conn.Close()
	}
	if g.pins != nil {
		g.pins.close()
	}
	if g.dir == "" {
		return
	}
	if found, left := endStrays(g.dir, g.timing.kill); len(found) > 0 {
		g.log.Warn("processes that the bot had started were still there and were killed", "pids", found, "left", left)
	}
	if err := g.dir.remove(); err != nil {
		g.log.Warn("a bot's directory could not be removed", "err", err)
	}
}

// endProcess ends the process group, and waits for what it still says.
func (g *generation) endProcess() {
	if !g.gone() {
		g.proc.terminate()
		if !g.await(nil, g.timing.term) {
			g.log.Warn("bot did not leave on SIGTERM and is killed", "limit", g.timing.term)
			g.proc.kill()
			g.await(nil, g.timing.kill)
		}
	}
	if !g.gone() {
		g.log.Error("bot cannot be killed: its process hangs in the kernel")
		return
	}
	select {
	case <-g.output.ended:
	case <-time.After(g.timing.kill):
	}
}

package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

const (
	// healthService is what a bot's process reports the health of.
	healthService = "plugin"
	// maxStrikes is how many make a process sick.
	maxStrikes = 3
	// lateTurns is how many turns past their deadline, in a row, make a
	// strike.
	lateTurns = 3
)

// strikes counts the signs that a process hangs. A health check missed is one
// until a check is answered; a row of late turns is one until a turn is
// answered. Safe for concurrent use.
type strikes struct {
	mu     sync.Mutex
	missed int
	late   int
}

// checked notes the outcome of a health check and reports whether the process
// is sick.
func (s *strikes) checked(answered bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.missed++
	if answered {
		s.missed = 0
	}
	return s.sick()
}

// turned notes the outcome of a turn and reports whether the process is sick.
func (s *strikes) turned(inTime bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late++
	if inTime {
		s.late = 0
	}
	return s.sick()
}

func (s *strikes) sick() bool { return s.missed+s.late/lateTurns >= maxStrikes }

// String says what counts against the process.
func (s *strikes) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("%d health checks missed and %d turns past their deadline, in a row", s.missed, s.late)
}

// ping asks for the process's health.
func (g *generation) ping(ctx context.Context) error {
	answer, err := grpc_health_v1.NewHealthClient(g.conn).Check(ctx,
		&grpc_health_v1.HealthCheckRequest{Service: healthService})
	if err != nil {
		if ctx.Err() != nil {
			return errors.New("no answer in time")
		}
		s := status.Convert(err)
		return &retold{text: fmt.Sprintf("%v: %s", s.Code(), shorten(clean(s.Message()), 300)), err: err}
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("it says it is %v, not SERVING", answer.GetStatus())
	}
	return nil
}

// watch checks the process's health until calls are over. A process that says
// something in a turn is alive, even if it has no time for a check.
func (g *generation) watch(calls context.Context) {
	ticker := time.NewTicker(g.timing.healthEvery)
	defer ticker.Stop()
	for {
		select {
		case <-calls.Done():
			return
		case <-ticker.C:
		}
		ctx, cancel := context.WithTimeout(calls, g.timing.health)
		err := g.ping(ctx)
		cancel()
		if calls.Err() != nil {
			return // it is being stopped
		}
		alive := err == nil || g.heardWithin(g.timing.healthEvery)
		if !alive {
			g.log.Warn("bot did not answer a health check", "err", err)
		}
		if g.strikes.checked(alive) {
			g.fail(g.sickness())
			return
		}
	}
}

func (g *generation) sickness() error {
	return fmt.Errorf("bot %s: its process %d hangs: %s", g.config.Name, g.proc.pid, g.strikes.String())
}

// heard notes a sign of life.
func (g *generation) heard() { g.lastHeard.Store(time.Now().UnixNano()) }

func (g *generation) heardWithin(d time.Duration) bool {
	return time.Since(time.Unix(0, g.lastHeard.Load())) <= d
}

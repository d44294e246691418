package supervisor

import (
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// State is what a bot is doing.
type State string

// The states of a bot.
const (
	StateStarting State = "starting" // or waiting to be started again
	StateReady    State = "ready"
	StateDraining State = "draining" // ending its turns, before it is stopped
	StateStopped  State = "stopped"
	StateFailed   State = "failed" // not started again until rearmed
)

// Status is how a bot is.
type Status struct {
	Name  string
	State State
	// Since is when it came into this state.
	Since time.Time
	// Generation counts its starts.
	Generation int
	// PID of its process; 0: none is ready.
	PID int
	// Description as the last ready process gave it.
	Description bot.Description
	// LastExit is how the last process ended; zero: none has.
	LastExit Exit
	// LastError is why the last start or process failed; empty: it is ready.
	LastError string
	// Log is the last it logged, at most 50 lines over all its processes,
	// oldest first.
	Log []string
}

// Restarts is how often it was started again.
func (s Status) Restarts() int { return max(0, s.Generation-1) }

// status is how the bot is now.
func (k *keeper) status() Status {
	k.mu.Lock()
	s := Status{
		Name: k.config.Name, State: k.state, Since: k.since, Generation: k.number,
		Description: k.known, LastExit: k.exit,
	}
	current, err := k.current, k.err
	k.mu.Unlock()
	if current != nil {
		s.PID, _ = current.facts()
	}
	if err != nil {
		s.LastError = err.Error()
	}
	s.Log = k.ring.all()
	return s
}

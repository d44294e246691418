package supervisor

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Exit is how a process ended.
type Exit struct {
	// At is when; zero: no process has ended yet.
	At time.Time
	// Code is the exit code; -1: it was ended by Signal.
	Code int
	// Signal that ended it, such as SIGKILL; empty: it left by itself.
	Signal string
	// ByHost says that the host had sent a signal before.
	ByHost bool
}

// String is the exit in words.
func (e Exit) String() string {
	switch {
	case e.At.IsZero():
		return "has not ended"
	case e.Signal == "":
		return fmt.Sprintf("exit code %d", e.Code)
	case e.Signal == "SIGKILL" && !e.ByHost:
		return "killed by SIGKILL, not by this host: perhaps the system was out of memory"
	}
	return "killed by " + e.Signal
}

func exitOf(state *os.ProcessState, byHost bool, at time.Time) Exit {
	exit := Exit{At: at, Code: state.ExitCode(), ByHost: byHost}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		exit.Signal = unix.SignalName(status.Signal())
	}
	return exit
}

package supervisor

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Limits are what one process of a bot may take. Memory and Files are the
// kernel's resource limits: a process that it starts has the same again for
// itself.
type Limits struct {
	// Memory in bytes that may be written to (RLIMIT_DATA); 0: any. What a
	// runtime only reserves does not count, as it would for RLIMIT_AS: Go, Node
	// and the JVM reserve far more than they use. Asking for more fails, which
	// most programs do not survive.
	Memory int64
	// Files open at once; 0: as many as the host may.
	Files int
	// CPU is how many processors' time it may take, together with all that it
	// starts, such as 0.5; 0: any. By a control group, where the host may make
	// one.
	CPU float64
}

// LimitError is a limit of a bot that is not in force.
type LimitError struct {
	// Limit by its key: memory, files or cpu.
	Limit string
	// Err is why the system does not take it.
	Err error
}

// Error names it, and says why.
func (e *LimitError) Error() string {
	return fmt.Sprintf("limits.%s is not in force, the system does not take it: %v", e.Limit, e.Err)
}

// Unwrap is the cause.
func (e *LimitError) Unwrap() error { return e.Err }

// apply limits a process that has just begun, until exited is closed. It
// answers the limits that the system does not take.
func (l Limits) apply(pid int, exited <-chan struct{}) (not []*LimitError) {
	for _, one := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"memory", unix.RLIMIT_DATA, uint64(l.Memory)},
		{"files", unix.RLIMIT_NOFILE, uint64(l.Files)},
	} {
		if one.most == 0 {
			continue
		}
		if err := unix.Prlimit(pid, one.resource, &unix.Rlimit{Cur: one.most, Max: one.most}, nil); err != nil {
			not = append(not, &LimitError{one.name, err})
		}
	}
	if l.CPU > 0 {
		if err := limitCPU(pid, l.CPU, exited); err != nil {
			not = append(not, &LimitError{"cpu", err})
		}
	}
	return not
}

// String says what may be why a process has ended; empty: no limit.
func (l Limits) String() string {
	if l.Memory == 0 {
		return ""
	}
	return fmt.Sprintf(" (its memory is limited to %d MiB by limits.memory, which may be why)", l.Memory>>20)
}

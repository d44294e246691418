package supervisor

import (
	"fmt"
	"log/slog"

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

// apply limits a process that has just begun. A limit that the system does not
// take is said in the log: it is not in force.
func (l Limits) apply(pid int, log *slog.Logger) {
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
			log.Warn("a limit of the bot is not in force: the system does not take it", "limit", one.name, "most", one.most, "err", err)
		}
	}
}

// String says what may be why a process has ended; empty: no limit.
func (l Limits) String() string {
	if l.Memory == 0 {
		return ""
	}
	return fmt.Sprintf(" (its memory is limited to %d MiB by limits.memory, which may be why)", l.Memory>>20)
}

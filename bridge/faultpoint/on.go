//go:build faultpoints

package faultpoint

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// trap is the step at which the process dies.
type trap struct {
	point string
	left  atomic.Int64
	hold  time.Duration
}

// armed reads the environment once; nil: the process lives.
var armed = sync.OnceValue(func() *trap {
	point, when, _ := strings.Cut(os.Getenv(Variable), ":")
	hit, hold, _ := strings.Cut(when, ":")
	n, err := strconv.ParseInt(hit, 10, 64)
	if err != nil {
		return nil
	}
	t := &trap{point: point}
	t.left.Store(n)
	t.hold, _ = time.ParseDuration(hold) // not said: at once
	return t
})

// Hit kills the process, by a signal that it cannot take, if it is armed to die
// at this step.
func Hit(point string) {
	t := armed()
	if t == nil || t.point != point || t.left.Add(-1) != 0 {
		return
	}
	time.Sleep(t.hold)
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Kill() == nil {
		select {} // nothing more happens
	}
}

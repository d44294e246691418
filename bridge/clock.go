package bridge

import "time"

// Clock is the time. Real by default; tests drive their own.
type Clock interface {
	// Now is the time.
	Now() time.Time
	// AfterFunc calls f in its own goroutine after d, unless the stop that
	// it answers is called before; stop reports whether it was in time.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// RealClock is the time of the machine.
type RealClock struct{}

// Now is the time of the machine.
func (RealClock) Now() time.Time { return time.Now() }

// AfterFunc is [time.AfterFunc].
func (RealClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}

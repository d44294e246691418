package simulator

import (
	"fmt"
	"time"
)

// Clock is where the simulator gets its time from. Every wait of its own
// (retries, lag, scripted agents, delays of faults) goes through it, so a test
// may drive it. Safe for concurrent use.
type Clock interface {
	// Now is the present time.
	Now() time.Time
	// AfterFunc calls f once, in a goroutine of its own, when d has passed.
	// stop prevents the call and tells whether it did.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// wallClock is the real time; inside a testing/synctest bubble, the bubble's.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

func (wallClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}

// Duration is a length of time that YAML and JSON write as Go does: "1m30s".
type Duration time.Duration

// UnmarshalText reads a non-negative duration such as "250ms".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("parse duration: %w", err)
	}
	if parsed < 0 {
		return fmt.Errorf("parse duration: %s is negative", parsed)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes the duration the way UnmarshalText reads it.
func (d Duration) MarshalText() ([]byte, error) {
	return []byte(time.Duration(d).String()), nil
}

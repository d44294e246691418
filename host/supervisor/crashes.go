package supervisor

import (
	"slices"
	"time"
)

// crashes counts how often a bot has crashed lately.
type crashes struct {
	window time.Duration
	most   int
	times  []time.Time
}

// add counts one more and reports whether that makes a crash loop.
func (c *crashes) add(now time.Time) bool {
	c.times = slices.DeleteFunc(c.times, func(at time.Time) bool { return now.Sub(at) > c.window })
	c.times = append(c.times, now)
	return len(c.times) >= c.most
}

// forget begins anew.
func (c *crashes) forget() { c.times = nil }

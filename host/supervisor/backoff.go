package supervisor

import "time"

// backoff says how long to wait before the next start: full jitter under a
// bound that doubles with each failure, so that bots which fell together do
// not rise together.
type backoff struct {
	min, max time.Duration
	// rand answers a number from 0 up to and without n.
	rand  func(n int64) int64
	tries int
}

// next is how long to wait now; each call counts as a failure.
func (b *backoff) next() time.Duration {
	bound := b.max
	if b.tries < 32 && b.min<<b.tries < b.max {
		bound = b.min << b.tries
	}
	b.tries++
	return time.Duration(b.rand(int64(bound)))
}

// reset forgets the failures.
func (b *backoff) reset() { b.tries = 0 }

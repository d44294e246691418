package bridge_test

import (
	"fmt"
	"hash/fnv"
	"time"
)

// dice decide what happens in a seeded world. Each roll is a hash of the seed
// and of what it is about, not the next of a series: so it does not depend on
// who was scheduled first.
type dice uint64

// roll is a number from 0 to n-1.
func (d dice) roll(n int, about ...any) int {
	h := fnv.New64a()
	fmt.Fprintln(h, uint64(d), about)
	x := h.Sum64() // whose lower bits are not spread well
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	return int(x % uint64(n))
}

// chance is true permille times in a thousand.
func (d dice) chance(permille int, about ...any) bool { return d.roll(1000, about...) < permille }

// wait is a time from least to most; no two are likely to be the same.
func (d dice) wait(least, most time.Duration, about ...any) time.Duration {
	return least + time.Duration(d.roll(int((most-least)/time.Microsecond), about...))*time.Microsecond
}

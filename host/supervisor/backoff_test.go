package supervisor

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBackoffDoublesItsBound(t *testing.T) {
	var bounds []time.Duration
	b := backoff{min: 200 * time.Millisecond, max: 2 * time.Minute, rand: func(n int64) int64 {
		bounds = append(bounds, time.Duration(n))
		return n - 1
	}}
	for range 40 {
		if got := b.next(); got < 0 || got >= 2*time.Minute {
			t.Fatalf("next() = %v", got)
		}
	}
	want := []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond}
	if diff := cmp.Diff(want, bounds[:4]); diff != "" {
		t.Error(diff)
	}
	if bounds[39] != 2*time.Minute {
		t.Errorf("the last bound is %v", bounds[39])
	}
	b.reset()
	if b.next(); bounds[40] != 200*time.Millisecond {
		t.Errorf("after reset the bound is %v", bounds[40])
	}
}

func TestBackoffAtItsLimits(t *testing.T) {
	b := backoff{min: 1, max: math.MaxInt64, rand: func(n int64) int64 {
		if n <= 0 {
			t.Fatalf("bound %d", n)
		}
		return 0
	}}
	for range 100 {
		b.next()
	}
}

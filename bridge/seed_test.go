package bridge_test

import (
	"flag"
	"fmt"
	"testing"
)

var (
	seeds = flag.Int("seeds", 20, "how many seeds TestSeeds plays")
	from  = flag.Uint64("from", 1, "the first of them")
	seed  = flag.Uint64("seed", 0, "the one seed that TestSeeds plays, with its story")
)

// TestSeeds plays whole days of a small host: several customers, bots that
// fail, agents who transfer and leave, a contact centre that loses answers and
// delivers late, twice and out of order, a store that fails, and a host that
// is killed again and again. Everything follows from a seed; a seed that fails
// is printed, and `go test ./bridge -run Seeds -seed N` plays it again.
//
// `make seeds N=500` plays many.
func TestSeeds(t *testing.T) {
	if *seed != 0 {
		playSeed(t, *seed, true)
		return
	}
	for s := *from; s < *from+uint64(*seeds); s++ {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			t.Parallel()
			playSeed(t, s, false)
		})
	}
}

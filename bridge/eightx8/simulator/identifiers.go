package simulator

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// identifiers makes every id the simulator gives out. Not safe for concurrent
// use.
type identifiers struct {
	random *rand.Rand
	number int
}

func newIdentifiers(seed uint64) *identifiers {
	if seed == 0 {
		seed = rand.Uint64()
	}
	return &identifiers{random: rand.New(rand.NewPCG(seed, seed))}
}

// opaque is 22 characters that sort in no order, as 8x8's conversation ids.
func (i *identifiers) opaque() string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var b strings.Builder
	for range 22 {
		b.WriteByte(alphabet[i.random.IntN(len(alphabet))])
	}
	return b.String()
}

// reference is the referenceId of an error.
func (i *identifiers) reference() string {
	return fmt.Sprintf("%016x", i.random.Uint64())
}

// counted is the next small number, for webhooks and channels; taken tells
// which are in use already.
func (i *identifiers) counted(taken func(string) bool) string {
	for {
		i.number++
		if id := strconv.Itoa(i.number); !taken(id) {
			return id
		}
	}
}

package eightx8

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/patchbay-host/patchbay/bridge"
)

// How long and how many keys are kept. A kid is the sender's word, so misses
// are many and short-lived, and have a table of their own.
const (
	hitAge    = 24 * time.Hour
	missAge   = time.Minute
	maxHits   = 32
	maxMisses = 512
)

// How many look-ups there may be: in a burst, and for each minute. Kids that
// were a key before have a share that a flood of strange ones cannot take.
const (
	strangeBurst     = 10
	strangePerMinute = 20
	knownBurst       = 5
	knownPerMinute   = 10
)

// lookUpTimeout bounds a look-up, which outlives the webhook that caused it.
const lookUpTimeout = 15 * time.Second

// Keys finds public keys. [Desk] is one. An error that is [ErrUnknownKey] is
// an answer and is kept for a minute; any other is none.
type Keys interface {
	PublicKey(ctx context.Context, kid string) (*rsa.PublicKey, error)
}

// keyCache keeps keys, and bounds the asking.
type keyCache struct {
	source Keys
	clock  bridge.Clock

	mu      sync.Mutex
	hits    map[string]hit
	misses  map[string]time.Time
	flights map[string]*flight
	strange *rate.Limiter
	known   *rate.Limiter
}

type hit struct {
	key *rsa.PublicKey
	at  time.Time
}

// flight is a look-up under way; key and err hold once done is closed.
type flight struct {
	done chan struct{}
	key  *rsa.PublicKey
	err  error
}

func newKeyCache(source Keys, clock bridge.Clock) *keyCache {
	return &keyCache{
		source:  source,
		clock:   clock,
		hits:    map[string]hit{},
		misses:  map[string]time.Time{},
		flights: map[string]*flight{},
		strange: rate.NewLimiter(rate.Every(time.Minute/strangePerMinute), strangeBurst),
		known:   rate.NewLimiter(rate.Every(time.Minute/knownPerMinute), knownBurst),
	}
}

// get finds a key: [ErrSignature] if there is none, [ErrUnavailable] if nobody
// knows. One look-up for a kid is under way at a time; whoever else wants that
// kid waits for it.
func (k *keyCache) get(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	k.mu.Lock()
	now := k.clock.Now()
	known, kept := k.hits[kid]
	if kept && now.Sub(known.at) < hitAge {
		k.mu.Unlock()
		return known.key, nil
	}
	if at, missed := k.misses[kid]; missed && now.Sub(at) < missAge {
		k.mu.Unlock()
		return nil, fmt.Errorf("%w: %w", ErrSignature, ErrUnknownKey)
	}
	look := k.flights[kid]
	if look == nil {
		limiter := k.strange
		if kept {
			limiter = k.known
		}
		if !limiter.AllowN(now, 1) {
			k.mu.Unlock()
			return nil, fmt.Errorf("%w: too many keys asked for", ErrUnavailable)
		}
		look = &flight{done: make(chan struct{})}
		k.flights[kid] = look
		go k.lookUp(context.WithoutCancel(ctx), kid, look)
	}
	k.mu.Unlock()
	select {
	case <-look.done:
		return look.key, look.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// lookUp asks, keeps the answer and lets those who wait go on.
func (k *keyCache) lookUp(ctx context.Context, kid string, look *flight) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	key, err := k.source.PublicKey(ctx, kid)

	k.mu.Lock()
	defer k.mu.Unlock()
	defer close(look.done)
	delete(k.flights, kid)
	now := k.clock.Now()
	switch {
	case err == nil:
		look.key = key
		delete(k.misses, kid)
		keep(k.hits, kid, hit{key, now}, maxHits, func(h hit) time.Time { return h.at })
	case errors.Is(err, ErrUnknownKey):
		look.err = fmt.Errorf("%w: %w", ErrSignature, err)
		delete(k.hits, kid)
		keep(k.misses, kid, now, maxMisses, func(at time.Time) time.Time { return at })
	default:
		look.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
}

// keep puts an entry into a table, in place of the oldest one if that has as
// many entries as the limit allows.
func keep[T any](table map[string]T, kid string, entry T, limit int, at func(T) time.Time) {
	if _, there := table[kid]; !there && len(table) >= limit {
		oldest := ""
		for one, other := range table {
			if oldest == "" || at(other).Before(at(table[oldest])) {
				oldest = one
			}
		}
		delete(table, oldest)
	}
	table[kid] = entry
}

package eightx8_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
)

// TestPeersKeyCache: the connector on the market never cleaned its key cache
// after a look-up that had failed. Here a failure is not kept at all, an
// "unknown" for a minute, and neither of them past the key's coming.
func TestPeersKeyCache(t *testing.T) {
	clock := &stopped{at: sentAt}
	var answer error
	keys := &keySource{answers: func(context.Context, string) (*rsa.PublicKey, error) {
		return &testRSA().PublicKey, answer
	}}
	v := verifier(t, keys, func(c *eightx8.VerifierConfig) { c.Clock = clock })
	for _, step := range []struct {
		what   string
		pass   time.Duration
		answer error
		want   error
		asked  int
	}{
		{"8x8 is away", 0, errors.New("502"), eightx8.ErrUnavailable, 1},
		{"8x8 is still away", 0, errors.New("502"), eightx8.ErrUnavailable, 2},
		{"8x8 does not know the key yet", 0, eightx8.ErrUnknownKey, eightx8.ErrSignature, 3},
		{"it is not asked again at once", 30 * time.Second, nil, eightx8.ErrSignature, 3},
		{"it knows it", 30 * time.Second, nil, nil, 4},
		{"the key is kept", time.Hour, errors.New("502"), nil, 4},
		{"… for a day", 23 * time.Hour, errors.New("502"), eightx8.ErrUnavailable, 5},
		{"and comes back", 0, nil, nil, 6},
	} {
		clock.pass(step.pass)
		answer = step.answer
		if err := arrive(t, v, clock, "key1"); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.what, err, step.want)
		}
		if n := keys.count(); n != step.asked {
			t.Errorf("%s: asked %d times, want %d", step.what, n, step.asked)
		}
	}
}

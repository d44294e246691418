package eightx8_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchbay-host/patchbay/bridge/eightx8"
)

// arrive verifies a webhook that is sent at the clock's time with a kid; only
// key1 has signed it.
func arrive(t *testing.T, v *eightx8.Verifier, clock *stopped, kid string) error {
	t.Helper()
	h := newHook(joinedBody)
	if kid != "key1" {
		h.sign = func([]byte) []byte { return make([]byte, 256) }
	}
	h.sent = strconv.FormatInt(clock.Now().UnixMilli(), 10)
	h.protected = strings.Replace(h.protected, "key1", kid, 1)
	_, _, err := v.Verify(t.Context(), h.header(), []byte(h.body))
	return err
}

func TestAKeyIsKeptForADay(t *testing.T) {
	clock, keys := &stopped{at: sentAt}, &keySource{}
	v := verifier(t, keys, func(c *eightx8.VerifierConfig) { c.Clock = clock })
	for _, pass := range []time.Duration{0, time.Hour, 22 * time.Hour} {
		clock.pass(pass)
		if err := arrive(t, v, clock, "key1"); err != nil {
			t.Fatal(err)
		}
	}
	if n := keys.count(); n != 1 {
		t.Errorf("asked %d times within a day", n)
	}
	clock.pass(2 * time.Hour)
	if err := arrive(t, v, clock, "key1"); err != nil || keys.count() != 2 {
		t.Errorf("after a day: asked %d times, %v", keys.count(), err)
	}
}

func TestAnUnknownKeyIsKeptForAMinute(t *testing.T) {
	clock, keys := &stopped{at: sentAt}, &keySource{}
	v := verifier(t, keys, func(c *eightx8.VerifierConfig) { c.Clock = clock })
	for want, pass := range []time.Duration{0, 59 * time.Second, time.Second} {
		clock.pass(pass)
		if err := arrive(t, v, clock, "key2"); !errors.Is(err, eightx8.ErrSignature) {
			t.Fatal(err)
		}
		if n := keys.count(); n != max(1, want) {
			t.Errorf("after %s more: asked %d times", pass, n)
		}
	}
}

func TestAFailingLookUpIsNoAnswer(t *testing.T) {
	clock := &stopped{at: sentAt}
	broken := true
	keys := &keySource{answers: func(context.Context, string) (*rsa.PublicKey, error) {
		if broken {
			return nil, errors.New("8x8 is away")
		}
		return &testRSA().PublicKey, nil
	}}
	v := verifier(t, keys, func(c *eightx8.VerifierConfig) { c.Clock = clock })
	err := arrive(t, v, clock, "key1")
	if !errors.Is(err, eightx8.ErrUnavailable) || errors.Is(err, eightx8.ErrSignature) {
		t.Errorf("while 8x8 is away: %v", err)
	}
	broken = false
	if err := arrive(t, v, clock, "key1"); err != nil {
		t.Errorf("when 8x8 is back: %v", err)
	}
}

// A flood of kids that nobody knows costs 8x8 a bounded number of look-ups,
// and does not lock out a key that is due to be looked up again.
func TestAFloodOfUnknownKeys(t *testing.T) {
	clock, keys := &stopped{at: sentAt}, &keySource{}
	v := verifier(t, keys, func(c *eightx8.VerifierConfig) { c.Clock = clock })
	if err := arrive(t, v, clock, "key1"); err != nil {
		t.Fatal(err)
	}
	clock.pass(24 * time.Hour)
	refused, unavailable := 0, 0
	for i := range 2000 {
		switch err := arrive(t, v, clock, fmt.Sprint("flood", i)); {
		case errors.Is(err, eightx8.ErrSignature):
			refused++
		case errors.Is(err, eightx8.ErrUnavailable):
			unavailable++
		default:
			t.Fatal(err)
		}
	}
	if n := keys.count() - 1; n > 10 || refused != n || refused+unavailable != 2000 {
		t.Errorf("asked %d times, refused %d", n, refused)
	}
	if err := arrive(t, v, clock, "key1"); err != nil {
		t.Errorf("the known key: %v", err)
	}
	before := keys.count()
	for i := range 600 { // ten minutes, a kid each second
		clock.pass(time.Second)
		_ = arrive(t, v, clock, fmt.Sprint("later", i))
	}
	if n := keys.count() - before; n > 210 {
		t.Errorf("asked %d times in ten minutes", n)
	}
	if err := arrive(t, v, clock, "key1"); err != nil || keys.count()-before > 210 {
		t.Errorf("the flood has driven the known key out: %v", err)
	}
}

func TestOneLookUpForManyWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &stopped{at: sentAt}
		keys := &keySource{answers: func(context.Context, string) (*rsa.PublicKey, error) {
			time.Sleep(time.Second)
			return &testRSA().PublicKey, nil
		}}
		v := verifier(t, keys, func(c *eightx8.VerifierConfig) { c.Clock = clock })
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if err := arrive(t, v, clock, "key1"); err != nil {
					t.Error(err)
				}
			})
		}
		ctx, cancel := context.WithCancel(t.Context())
		h := newHook(joinedBody)
		all.Go(func() { // one who goes away does not take the look-up along
			if _, _, err := v.Verify(ctx, h.header(), []byte(h.body)); !errors.Is(err, eightx8.ErrUnavailable) {
				t.Errorf("gone away: %v", err)
			}
		})
		synctest.Wait()
		cancel()
		all.Wait()
		if n := keys.count(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// jwk writes a public key as 8x8's example has it.
func jwk(n *big.Int, e int64, more string) string {
	text := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf(`{"kty":"RSA","e":%q,"n":%q%s}`, text(big.NewInt(e).Bytes()), text(n.Bytes()), more)
}

func TestPublicKey(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	n := testRSA().N
	good := jwk(n, 65537, `,"kid":"key1"`)
	inNoDoubt := errors.New("any error that is not ErrUnknownKey")
	for name, one := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"an object":            {200, good, nil},
		"a string holding it":  {200, strconv.Quote(good), nil},
		"without kid":          {200, jwk(n, 65537, ""), nil},
		"with use and alg":     {200, jwk(n, 65537, `,"use":"sig","alg":"RS256","key_ops":["verify"]`), nil},
		"a leading zero":       {200, `{"kty":"RSA","e":"AAEAAQ","n":"` + base64.RawURLEncoding.EncodeToString(append([]byte{0}, n.Bytes()...)) + `"}`, nil},
		"another kid":          {200, jwk(n, 65537, `,"kid":"key2"`), eightx8.ErrUnknownKey},
		"for encryption":       {200, jwk(n, 65537, `,"use":"enc"`), eightx8.ErrUnknownKey},
		"for PS256":            {200, jwk(n, 65537, `,"alg":"PS256"`), eightx8.ErrUnknownKey},
		"not to verify":        {200, jwk(n, 65537, `,"key_ops":["encrypt"]`), eightx8.ErrUnknownKey},
		"short modulus":        {200, jwk(short.N, 65537, ""), eightx8.ErrUnknownKey},
		"2047 bits":            {200, jwk(new(big.Int).Rsh(n, 1), 65537, ""), eightx8.ErrUnknownKey},
		"huge modulus":         {200, jwk(new(big.Int).Lsh(n, 8192), 65537, ""), eightx8.ErrUnknownKey},
		"even modulus":         {200, jwk(new(big.Int).Sub(n, big.NewInt(1)), 65537, ""), eightx8.ErrUnknownKey},
		"exponent 1":           {200, jwk(n, 1, ""), eightx8.ErrUnknownKey},
		"exponent even":        {200, jwk(n, 65536, ""), eightx8.ErrUnknownKey},
		"exponent huge":        {200, jwk(n, 1<<33+1, ""), eightx8.ErrUnknownKey},
		"no exponent":          {200, `{"kty":"RSA","n":"AQAB"}`, eightx8.ErrUnknownKey},
		"an EC key":            {200, `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, eightx8.ErrUnknownKey},
		"a secret":             {200, `{"kty":"oct","k":"AA"}`, eightx8.ErrUnknownKey},
		"a set":                {200, `{"keys":[` + good + `]}`, eightx8.ErrUnknownKey},
		"a string of words":    {200, `"no key today"`, eightx8.ErrUnknownKey},
		"a number":             {200, `7`, eightx8.ErrUnknownKey},
		"members of odd types": {200, `{"kty":"RSA","n":7,"e":[]}`, eightx8.ErrUnknownKey},
		"not found":            {404, `{"message":"Resource not found"}`, eightx8.ErrUnknownKey},
		"bad request":          {400, ``, eightx8.ErrUnknownKey},
		"cut":                  {200, good[:40], inNoDoubt},
		"a page":               {200, `<html>`, inNoDoubt},
		"denied":               {401, ``, inNoDoubt},
		"busy":                 {429, ``, inNoDoubt},
		"broken":               {500, ``, inNoDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, map[string]http.HandlerFunc{"GET /jwk/key1/public": answer(one.status, one.body)})
			key, err := g.desk().PublicKey(t.Context(), "key1")
			switch {
			case one.want == nil:
				if err != nil || !key.Equal(&testRSA().PublicKey) {
					t.Errorf("%v", err)
				}
			case err == nil || errors.Is(one.want, eightx8.ErrUnknownKey) != errors.Is(err, eightx8.ErrUnknownKey):
				t.Errorf("%v, want %v", err, one.want)
			}
			if len(g.calls) != 1 {
				t.Errorf("%d look-ups", len(g.calls))
			}
		})
	}
	g := newGateway(t, nil)
	if _, err := g.desk().PublicKey(t.Context(), "../channels"); !errors.Is(err, eightx8.ErrUnknownKey) || len(g.calls) != 0 {
		t.Errorf("a path: %v, %v", err, g.calls)
	}
}

package eightx8

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"

	"github.com/patchbay-host/patchbay/bridge"
)

// The bits a modulus may have: fewer are not safe, more only cost time.
const (
	minModulus = 2048
	maxModulus = 8192
)

// ErrUnknownKey says that 8x8 has no usable key of that kid.
var ErrUnknownKey = errors.New("no such public key")

// PublicKey fetches the key that webhooks are signed with, asking once. It is
// [ErrUnknownKey] if 8x8 refuses the kid, or has no RSA key for RS256 by it;
// any other error means that nobody knows.
func (d *Desk) PublicKey(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	if !validKid(kid) {
		return nil, fmt.Errorf("fetch public key: %w: the kid is none that we ask for", ErrUnknownKey)
	}
	do := d.says.publicKey(url.PathEscape(kid))
	do.op, do.method = "fetch public key", http.MethodGet
	var answer json.RawMessage
	if err := d.client.once(ctx, do, &answer); err != nil {
		var failed *bridge.DeskError
		if errors.As(err, &failed) && failed.Kind == bridge.DeskRefused {
			return nil, fmt.Errorf("%w: %w", ErrUnknownKey, err)
		}
		return nil, err
	}
	key, err := parseJWK(answer, kid)
	if err != nil {
		return nil, fmt.Errorf("fetch public key: %w: %w", ErrUnknownKey, err)
	}
	return key, nil
}

// parseJWK reads a JWK (RFC 7517), or a string that holds one: 8x8's schema
// says string, its example is an object.
func parseJWK(data []byte, kid string) (*rsa.PublicKey, error) {
	var text string
	if json.Unmarshal(data, &text) == nil {
		data = []byte(text)
	}
	var jwk struct {
		Kty, Kid, Use, Alg, N, E string
		KeyOps                   []string `json:"key_ops"`
	}
	if err := json.Unmarshal(data, &jwk); err != nil {
		return nil, errors.New("it is no JWK")
	}
	switch {
	case jwk.Kty != "RSA":
		return nil, errors.New("it is no RSA key")
	case jwk.Kid != "" && jwk.Kid != kid:
		return nil, errors.New("it has another kid")
	case jwk.Alg != "" && jwk.Alg != "RS256", jwk.Use != "" && jwk.Use != "sig",
		len(jwk.KeyOps) > 0 && !slices.Contains(jwk.KeyOps, "verify"):
		return nil, errors.New("it is for something else")
	}
	modulus, err := decode(jwk.N)
	if err != nil || len(modulus) > maxModulus/8+1 {
		return nil, errors.New("its modulus is not base64url of a bounded size")
	}
	exponent, err := decode(jwk.E)
	if err != nil || len(exponent) > 4 {
		return nil, errors.New("its exponent is not base64url of a bounded size")
	}
	n, e := new(big.Int).SetBytes(modulus), new(big.Int).SetBytes(exponent).Int64()
	switch {
	case n.BitLen() < minModulus || n.BitLen() > maxModulus || n.Bit(0) == 0:
		return nil, fmt.Errorf("its modulus has %d bits, or is even", n.BitLen())
	case e < 3 || e > 1<<31-1 || e%2 == 0:
		return nil, errors.New("its exponent is even or out of range")
	}
	return &rsa.PublicKey{N: n, E: int(e)}, nil
}

package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
)

// primes of the key. With the usual two, signing an event takes as long as
// taking in twenty, and a run signs some hundred thousand. With 16 it takes a
// seventh of that. Verifying is the same: a public key does not tell. A key
// like this protects little, and has nothing to protect here.
const primes = 16

// keyID names the key in signatures and at the JWK address.
const keyID = "bench"

// signer makes RS256 signatures (RFC 8017, section 8.2.1) in a hurry.
type signer struct {
	*rsa.PrivateKey
	parts []part
}

// part is what is worked out modulo one prime, and brought together by the
// Chinese remainder theorem: the sum of all parts times their unit.
type part struct{ prime, exponent, unit *big.Int }

func newSigner() (*signer, error) {
	key, err := rsa.GenerateMultiPrimeKey(rand.Reader, primes, 2048) //nolint:staticcheck // see primes
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	s := &signer{PrivateKey: key}
	one := big.NewInt(1)
	for _, p := range key.Primes {
		others := new(big.Int).Div(key.N, p)
		s.parts = append(s.parts, part{
			prime:    p,
			exponent: new(big.Int).Mod(key.D, new(big.Int).Sub(p, one)),
			unit:     others.Mul(others, new(big.Int).ModInverse(others, p)),
		})
	}
	return s, nil
}

// public is the key as a JWK (RFC 7517), for those who verify.
func (s *signer) public() []byte {
	return fmt.Appendf(nil, `{"kty":"RSA","kid":%q,"alg":"RS256","use":"sig","n":%q,"e":%q}`, keyID,
		base64.RawURLEncoding.EncodeToString(s.N.Bytes()),
		base64.RawURLEncoding.EncodeToString(big.NewInt(int64(s.E)).Bytes()))
}

// sign is the signature of a text.
func (s *signer) sign(text []byte) []byte {
	// EMSA-PKCS1-v1_5 (RFC 8017, section 9.2), with the prefix of SHA-256.
	sum := sha256.Sum256(text)
	tail := append([]byte("\x00\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"), sum[:]...)
	padded := bytes.Repeat([]byte{0xff}, s.Size())
	padded[0], padded[1] = 0, 1
	copy(padded[len(padded)-len(tail):], tail)

	message, value, one := new(big.Int).SetBytes(padded), new(big.Int), new(big.Int)
	for _, p := range s.parts {
		one.Exp(one.Mod(message, p.prime), p.exponent, p.prime)
		value.Add(value, one.Mul(one, p.unit))
	}
	return value.Mod(value, s.N).FillBytes(make([]byte, s.Size()))
}

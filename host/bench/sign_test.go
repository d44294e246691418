package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
)

func TestSign(t *testing.T) {
	key, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "one", "another"} {
		sum := sha256.Sum256([]byte(text))
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], key.sign([]byte(text))); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	key, err := newSigner()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		key.sign([]byte("text"))
	}
}

package eightx8_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"strings"
	"testing"
)

// BenchmarkVerify takes in an event of about 500 bytes whose key is known, as
// nearly all are: the header checks, the checksum, RSA, and the event.
func BenchmarkVerify(b *testing.B) {
	h := newHook(gatewayEvent("MESSAGE", `{"isEcho":false,"sender":{"id":"ada","type":"agent"},"text":"`+longText+`"}`))
	header, body := h.header(), []byte(h.body)
	v := verifier(b, &keySource{})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := v.Verify(b.Context(), header, body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRSA is the RSA operation alone, to compare with inside one run.
func BenchmarkRSA(b *testing.B) {
	sum := sha256.Sum256([]byte("signed"))
	value := rs256(testRSA())([]byte("signed"))
	b.ReportAllocs()
	for b.Loop() {
		if err := rsa.VerifyPKCS1v15(&testRSA().PublicKey, crypto.SHA256, sum[:], value); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefuse refuses what can be told before RSA: here, a kid that 8x8 is
// known not to have.
func BenchmarkRefuse(b *testing.B) {
	h := newHook(joinedBody)
	h.protected = strings.Replace(h.protected, "key1", "key2", 1)
	header, body := h.header(), []byte(h.body)
	v := verifier(b, &keySource{})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := v.Verify(b.Context(), header, body); err == nil {
			b.Fatal("taken")
		}
	}
}

const longText = "Thank you for waiting. I have looked at your order and can see that the parcel left our " +
	"warehouse on Monday, but that the carrier has not scanned it since. I have asked them to look into it " +
	"and will send you a replacement today if they cannot tell me where it is within the hour. Is that all right?"

package simulator

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The body and checksum that the vendor publishes.
func TestPublishedChecksum(t *testing.T) {
	body := `{"eventType":"AGENT_JOINED","messageType":"SYSTEM","conversationId":"Aka5NMHU8MtIG7lUQOxI0DTOvM4",` +
		`"agentId":"cmalutan","agentName":"Cosmin,Malutan","timestamp":1629804577002}`
	if got := checksum([]byte(body)); got != 1564621066 {
		t.Errorf("checksum = %d, want 1564621066", got)
	}
}

// A receiver that knows nothing of this package's code: it fetches the key and
// puts the signing input together by hand.
func TestWebhookSignature(t *testing.T) {
	inBox(t, Options{Customer: "acme"}, func(b *box) {
		b.open()
		for _, w := range b.webhooks() {
			if err := verify(b, w); err != nil {
				t.Errorf("%s: %v", w.body, err)
			}
			w.body = append(w.body, ' ')
			if verify(b, w) == nil {
				t.Error("a changed body verifies")
			}
		}
	})
}

func TestSignedHeader(t *testing.T) {
	inBox(t, Options{}, func(b *box) {
		b.open()
		head, _, _ := strings.Cut(b.webhooks()[0].header.Get("x-8x8-signature"), "..")
		raw, err := base64.RawURLEncoding.DecodeString(head)
		if err != nil {
			t.Fatal(err)
		}
		var header map[string]any
		if err := json.Unmarshal(raw, &header); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"alg": "RS256", "b64": false, "crit": []any{"b64"}, "kid": "key1"}
		if diff := cmp.Diff(want, header); diff != "" {
			t.Errorf("protected header (-want +got):\n%s", diff)
		}
	})
}

func verify(b *box, w received) error {
	parts := strings.Split(w.header.Get("x-8x8-signature"), ".")
	if len(parts) != 3 || parts[1] != "" {
		return fmt.Errorf("%d parts, not a detached JWS", len(parts))
	}
	payload := fmt.Sprintf(`{"checksum":%d,"cid":"%s","eid":"%s","retry":%s,"tid":"%s","tt":%s}`,
		crc32.ChecksumIEEE(w.body), w.header.Get("x-8x8-customer-id"), w.header.Get("x-8x8-event-id"),
		w.header.Get("x-8x8-retry"), w.header.Get("x-8x8-tenant-id"), w.header.Get("x-8x8-transmission-time"))
	digest := sha256.Sum256([]byte(parts[0] + "." + payload))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	jwk := b.gateway("GET", "/jwk/key1/public", nil)
	modulus, err := base64.RawURLEncoding.DecodeString(jwk.text("n"))
	if err != nil {
		return err
	}
	if jwk.text("e") != "AQAB" {
		return fmt.Errorf("exponent %s", jwk.text("e"))
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537}
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature)
}

func TestPublicKey(t *testing.T) {
	inBox(t, Options{Quirks: Quirks{StringJWK: true}}, func(b *box) {
		r, err := b.send(b.t.Context(), "GET", gatewayPath+"/jwk/key1/public", nil, nil)
		if err != nil || r.status != 200 {
			t.Fatalf("without an API key: %d %v", r.status, err)
		}
		var text string
		if err := json.Unmarshal(r.raw, &text); err != nil || !strings.Contains(text, `"kty":"RSA"`) {
			t.Errorf("as a string: %s %v", r.raw, err)
		}
		if r := b.gateway("GET", "/jwk/other/public", nil); r.status != 404 {
			t.Errorf("unknown kid: %d", r.status)
		}
	})
}

package simulator

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/big"
)

// signer signs webhooks with a detached JWS (RFC 7515, appendix F) whose
// payload is not encoded (RFC 7797), as the 8x8 contract's "Signatures" says.
// Safe for concurrent use.
type signer struct {
	key *rsa.PrivateKey
	kid string
}

// newSigner uses key, or makes one of 2048 bits.
func newSigner(key *rsa.PrivateKey, kid string) (*signer, error) {
	if key == nil {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("make signing key: %w", err)
		}
		key = made
	}
	return &signer{key: key, kid: kid}, nil
}

// signedPayload is what a signature covers. The order of the members is part
// of the contract.
type signedPayload struct {
	Checksum         uint32 `json:"checksum"`
	CustomerID       string `json:"cid"`
	EventID          string `json:"eid"`
	Retry            int    `json:"retry"`
	TenantID         string `json:"tid"`
	TransmissionTime int64  `json:"tt"`
}

// jwsHeader is the protected header of every signature.
type jwsHeader struct {
	Algorithm string   `json:"alg"`
	Base64    bool     `json:"b64"`
	Critical  []string `json:"crit"`
	KeyID     string   `json:"kid"`
}

// checksum is the CRC-32 (IEEE) by which a signature binds the body.
func checksum(body []byte) uint32 { return crc32.ChecksumIEEE(body) }

// sign is the value of x-8x8-signature: header, two dots, signature.
func (s *signer) sign(p signedPayload) (string, error) {
	header, err := json.Marshal(jwsHeader{Algorithm: "RS256", Critical: []string{"b64"}, KeyID: s.kid})
	if err != nil {
		return "", fmt.Errorf("encode header: %w", err)
	}
	payload, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode payload: %w", err)
	}
	protected := base64.RawURLEncoding.EncodeToString(header)
	digest := sha256.Sum256([]byte(protected + "." + string(payload)))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign payload: %w", err)
	}
	return protected + ".." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// publicKey is a JWK (RFC 7517) of the members 8x8 gives.
type publicKey struct {
	Type     string `json:"kty"`
	Exponent string `json:"e"`
	KeyID    string `json:"kid"`
	Modulus  string `json:"n"`
}

func (s *signer) public() publicKey {
	return publicKey{
		Type:     "RSA",
		Exponent: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
		KeyID:    s.kid,
		Modulus:  base64.RawURLEncoding.EncodeToString(s.key.N.Bytes()),
	}
}

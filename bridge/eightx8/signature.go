package eightx8

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits of x-8x8-signature, in bytes. A signature of the largest key that is
// taken has 1366 characters.
const (
	maxSignature = 4096
	maxProtected = 1024
	maxKid       = 128
)

// signature is a compact JWS with detached payload, as far as it can be
// believed before it is verified: not at all.
type signature struct {
	protected
	value []byte
}

// protected is the header of a signature: its text as received, which is what
// was signed, and what counts of its content.
type protected struct {
	text, kid string
}

// parseSignature takes only what 8x8 sends (8x8 contract, "Signatures"; RFC
// 7515, sections 3.1 and 5.2; RFC 7797): RS256, b64 false and critical, the
// payload left out, a kid within bounds, base64url without padding. The
// header needs no reading if it is the known one; nil: none is.
func parseSignature(text string, known *protected) (signature, error) {
	if len(text) > maxSignature {
		return signature{}, errors.New("it is too long")
	}
	header, rest, _ := strings.Cut(text, ".")
	value, detached := strings.CutPrefix(rest, ".")
	if !detached || strings.Contains(value, ".") || value == "" || header == "" {
		return signature{}, errors.New("it is no compact JWS with detached payload")
	}
	var made signature
	var err error
	if known != nil && known.text == header {
		made.protected = *known
	} else if made.protected, err = parseProtected(header); err != nil {
		return signature{}, err
	}
	if made.value, err = decode(value); err != nil {
		return signature{}, errors.New("its value is not base64url")
	}
	return made, nil
}

// decode is base64url without padding, line breaks or stray bits.
func decode(text string) ([]byte, error) {
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("line break in base64url")
	}
	return base64.RawURLEncoding.Strict().DecodeString(text)
}

// parseProtected reads the header. Members that it does not know are ignored,
// unless crit names them.
func parseProtected(text string) (protected, error) {
	header, err := decode(text)
	if err != nil || len(header) > maxProtected {
		return protected{}, errors.New("its header is not base64url of a bounded size")
	}
	fields, err := uniqueMembers(header)
	if err != nil {
		return protected{}, fmt.Errorf("its header is not a JSON object: %w", err)
	}
	var alg string
	if json.Unmarshal(fields["alg"], &alg) != nil || alg != "RS256" {
		return protected{}, errors.New("its algorithm is not RS256")
	}
	if string(fields["b64"]) != "false" {
		return protected{}, errors.New("its b64 is not false")
	}
	var crit []string
	if json.Unmarshal(fields["crit"], &crit) != nil || !slices.Equal(crit, []string{"b64"}) {
		return protected{}, errors.New("its crit is not exactly b64")
	}
	made := protected{text: text}
	if json.Unmarshal(fields["kid"], &made.kid) != nil || !validKid(made.kid) {
		return protected{}, errors.New("its kid is missing or none that we ask for")
	}
	return made, nil
}

// uniqueMembers reads a JSON object in which no name occurs twice and after
// which nothing follows.
func uniqueMembers(data []byte) (members, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("no object")
	}
	read := members{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		text, _ := name.(string)
		if _, twice := read[text]; twice {
			return nil, errors.New("a name occurs twice")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		read[text] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return read, nil
}

// validKid bounds a kid: it is the sender's word, and part of an address that
// we call.
func validKid(kid string) bool {
	if kid == "" || len(kid) > maxKid || kid[0] == '.' {
		return false
	}
	for i := range len(kid) {
		switch c := kid[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// verify checks the value against what was signed: the header as received, a
// dot, the payload.
func (s signature) verify(key *rsa.PublicKey, payload []byte) error {
	signed := make([]byte, 0, len(s.text)+1+len(payload))
	signed = append(signed, s.text...)
	signed = append(signed, '.')
	signed = append(signed, payload...)
	sum := sha256.Sum256(signed)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], s.value)
}

package sqlstore

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// Key is a secret of 32 bytes for a purpose. It is made from a random one that
// is in the file, so it survives restarts, every host on one store has the
// same, and nobody has to configure it. Keys for two purposes tell nothing of
// each other.
func (s *Store) Key(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, s.hasher.key[:], nil, "patchbay store key for "+purpose, sha256.Size)
	if err != nil {
		panic(fmt.Sprintf("derive key: %v", err)) // of a length that is always fine
	}
	return key
}

package sqlstore

import (
	"bytes"
	"testing"
)

// A key is the same each time and after a restart, and another one for every
// purpose and every store.
func TestKey(t *testing.T) {
	path := place(t)
	s := mustOpen(t, path, Options{})
	first := s.Key("files")
	if len(first) != 32 || !bytes.Equal(first, s.Key("files")) {
		t.Errorf("%x, then %x", first, s.Key("files"))
	}
	if bytes.Equal(first, s.Key("other")) || bytes.Equal(first, s.hasher.key[:]) {
		t.Error("one key for two purposes")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, path, Options{})
	defer again.Close()
	if !bytes.Equal(first, again.Key("files")) {
		t.Error("another key after a restart")
	}
	other := mustOpen(t, place(t), Options{})
	defer other.Close()
	if bytes.Equal(first, other.Key("files")) {
		t.Error("two stores have one key")
	}
}

package sqlstore

import (
	"path/filepath"
	"testing"
)

// TestUnclean: a store that was closed was not cut off; kill_test.go has the
// one that was.
func TestUnclean(t *testing.T) {
	path := filepath.Join(t.TempDir(), "patchbay.db")
	for life := range 2 {
		s := mustOpen(t, path, Options{})
		if s.Unclean() {
			t.Errorf("life %d: cut off", life)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

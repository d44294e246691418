package sqlstore

import (
	"path/filepath"
	"testing"
)

// TestUnclean: a store that was closed was not cut off, unless its host says so,
// and one that was stays so until a host says otherwise; kill_test.go has the one
// that really was.
func TestUnclean(t *testing.T) {
	path := filepath.Join(t.TempDir(), "patchbay.db")
	for life, l := range []struct {
		found bool
		says  func(*Store)
	}{
		{false, nil},
		{false, nil},
		{false, func(s *Store) { s.SetUnclean(true) }},
		{true, nil},
		{true, func(s *Store) { s.SetUnclean(false) }},
		{false, nil},
	} {
		s := mustOpen(t, path, Options{})
		if s.Unclean() != l.found {
			t.Errorf("life %d: found unclean: %v", life, s.Unclean())
		}
		if l.says != nil {
			l.says(s)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

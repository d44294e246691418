package sqlstore

import (
	"path/filepath"
	"testing"

	"github.com/patchbay-host/patchbay/bridge"
)

func TestStore(t *testing.T) {
	suite(t, func(t *testing.T) opener {
		path := filepath.Join(t.TempDir(), "patchbay.db")
		return func() (bridge.Store, error) { return Open(t.Context(), path, Options{}) }
	})
}

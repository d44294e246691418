package supervisor

import (
	"errors"
	"os"
	"testing"
)

func TestGuardTurnsPanicIntoError(t *testing.T) {
	err := guard(func() error { panic("nil map") })
	wantError(t, err, "panic in go-plugin: nil map", "connect_test.go")
	if err := guard(func() error { return os.ErrClosed }); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

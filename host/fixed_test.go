package host

import (
	"reflect"
	"slices"
	"testing"

	"github.com/patchbay-host/patchbay/host/config"
)

// TestKeepFixed: what cannot change while the host runs is named, and stays.
func TestKeepFixed(t *testing.T) {
	for key, change := range map[string]func(*config.Config){
		"listen":      func(c *config.Config) { c.Listen = ":2" },
		"public_url":  func(c *config.Config) { c.PublicURL = "https://chat.example.com" },
		"store":       func(c *config.Config) { c.Store.SQLite = "other.db" },
		"ops":         func(c *config.Config) { c.Ops.Listen = ":3" },
		"attachments": func(c *config.Config) { c.Attachments.Room = 1 },
	} {
		now, next := &config.Config{Listen: ":1"}, &config.Config{Listen: ":1"}
		change(next)
		if keys := keepFixed(now, next); !slices.Equal(keys, []string{key}) || !reflect.DeepEqual(now, next) {
			t.Errorf("%s: %q, %+v", key, keys, next)
		}
	}
}

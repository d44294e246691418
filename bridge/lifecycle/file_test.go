package lifecycle_test

import (
	"testing"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestPlaceOf(t *testing.T) {
	for url, want := range map[string]struct {
		place lifecycle.FilePlace
		id    string
	}{
		"desk-attachment:a/1:2": {lifecycle.FileAtDesk, "a/1:2"},
		"kept-file:7":           {lifecycle.FileKept, "7"},
		"desk-attachment:":      {},
		"kept-file":             {},
		"https://x/a1":          {},
		"":                      {},
	} {
		if place, id := lifecycle.PlaceOf(bot.Attachment{URL: url}); place != want.place || id != want.id {
			t.Errorf("%q: %q %q", url, place, id)
		}
	}
	for _, place := range []lifecycle.FilePlace{lifecycle.FileKept, lifecycle.FileAtDesk} {
		for _, id := range []string{"a", "a/b", "a b%", ":", "ü"} {
			if p, got := lifecycle.PlaceOf(bot.Attachment{URL: lifecycle.FileURL(place, id)}); p != place || got != id {
				t.Errorf("%s %q came back as %s %q", place, id, p, got)
			}
		}
	}
}

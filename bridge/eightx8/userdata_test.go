package eightx8

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/patchbay-host/patchbay/bridge/lifecycle"
	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"": "", "en": "en", "EN": "en", "en-GB": "en", "en_US": "en", "de-AT": "de", "pt-BR": "pt",
		"nb": "no", "nn-NO": "no", "no": "no",
		"zh": "zh-CN", "zh-CN": "zh-CN", "zh-Hans": "zh-CN", "zh-SG": "zh-CN",
		"zh-TW": "zh-TW", "zh-Hant": "zh-TW", "zh-Hant-HK": "zh-TW", "zh-HK": "zh-TW", "zh-MO": "zh-TW",
		"tlh": "", "xx-DE": "", "deu": "", "-": "", "e": "",
	} {
		if got := language(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
	if n := len(languages()); n != 21 {
		t.Errorf("%d languages", n)
	}
}

func TestMarkersComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marker := lifecycle.Marker{
			Conversation: bot.ConversationID(rapid.StringN(1, -1, -1).Draw(t, "conversation")),
			Entry:        rapid.Int64Min(1).Draw(t, "entry"),
		}
		if got, ok := parseMarker(formatMarker(marker)); !ok || got != marker {
			t.Fatalf("%+v came back as %+v", marker, got)
		}
	})
	for _, text := range []string{"", "/", "1", "1/", "/c", "0/c", "-1/c", "+1/c", "01/c", "1.0/c", " 1/c", "99999999999999999999/c", "x/c"} {
		if got, ok := parseMarker(text); ok || got != (lifecycle.Marker{}) {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

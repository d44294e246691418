package bot_test

import (
	"testing"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

func TestDecodeSaysWhereAndWhat(t *testing.T) {
	type tone struct {
		Name  string `json:"name"`
		Level int    `json:"level"`
	}
	type settings struct {
		Greeting string `json:"greeting"`
		Tones    []tone `json:"tones"`
		Default  tone   `json:"default"`
	}
	for name, c := range map[string]struct {
		values map[string]any
		want   string
	}{
		"unknown":                    {map[string]any{"greating": "hi"}, "greating: is not a setting of this bot"},
		"unknown further down":       {map[string]any{"default": map[string]any{"nam": "a"}}, "default.nam: is not a setting of this bot"},
		"unknown in a list":          {map[string]any{"tones": []any{map[string]any{"name": "a"}, map[string]any{"nam": "a"}}}, "tones[1].nam: is not a setting of this bot"},
		"unknown in several places":  {map[string]any{"nam": "a", "default": map[string]any{"nam": "a"}}, "nam: is not a setting of this bot"},
		"text for a number":          {map[string]any{"default": map[string]any{"level": "5s"}}, "default.level: is text, and must be a whole number"},
		"a fraction":                 {map[string]any{"default": map[string]any{"level": 1.5}}, "default.level: is a number 1.5, and must be a whole number"},
		"a map for a list":           {map[string]any{"tones": map[string]any{}}, "tones: is a map, and must be a list"},
		"nothing for what is wanted": {map[string]any{"greeting": nil}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var into settings
			got := ""
			if err := (bot.Settings{Values: c.values}).Decode(&into); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

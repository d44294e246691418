package supervisor

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// poke ends a wait for the next start, if there is one.
func (k *keeper) poke() {
	k.mu.Lock()
	up := k.state == StateReady || k.state == StateDraining || k.state == StateStopped
	k.mu.Unlock()
	if up {
		return
	}
	select {
	case k.rearm <- struct{}{}:
	default: // somebody has done so already
	}
}

// lookAt tells by its answer, when compared with an earlier one, whether what
// a bot is run from has changed: its program, what it pins, the arguments and
// settings that name files, and whether its working directory is there.
func lookAt(c Config) string {
	var b strings.Builder
	for _, path := range append(slices.Sorted(maps.Keys(c.Files)), c.Command...) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.Dir, path)
		}
		b.WriteByte('|')
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			b.WriteString(statOf(info).String())
		}
	}
	eachText(c.Settings, func(text string) {
		if !filepath.IsAbs(text) {
			text = filepath.Join(c.BaseDir, text)
		}
		if info, err := os.Stat(text); err == nil && info.Mode().IsRegular() {
			b.WriteString("|" + statOf(info).String())
		}
	})
	if _, err := os.Stat(c.Dir); err == nil {
		b.WriteString("|dir")
	}
	return b.String()
}

// eachText visits the texts in a value of settings, always in the same order.
func eachText(value any, visit func(string)) {
	switch value := value.(type) {
	case string:
		visit(value)
	case []any:
		for _, one := range value {
			eachText(one, visit)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			eachText(value[name], visit)
		}
	}
}

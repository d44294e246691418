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
// a bot is run from has changed: its program, what it pins, the arguments that
// are files, and whether its working directory is there.
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
	if _, err := os.Stat(c.Dir); err == nil {
		b.WriteString("|dir")
	}
	return b.String()
}

package supervisor

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// defaultTurnDeadline holds where a bot's configuration names none.
const defaultTurnDeadline = 20 * time.Second

// Config is one configured bot.
type Config struct {
	// Name of the instance, unique; it is in every log line.
	Name string
	// Command is the program and its arguments. The program is an absolute
	// path; nothing is searched for.
	Command []string
	// Dir is the working directory; empty: BaseDir.
	Dir string
	// SHA256 pins the program, in hex; empty: any content will do.
	SHA256 string
	// Files pins further files, absolute path to SHA-256 in hex: what an
	// interpreter runs is not its own content.
	Files map[string]string
	// Settings and Secrets are handed over by Configure. The values of
	// secrets are cut out of everything that the process logs.
	Settings map[string]any
	Secrets  map[string]string
	// BaseDir is the folder of the configuration file; absolute.
	BaseDir string
	// TurnDeadline bounds a turn whose context has no deadline of its own,
	// and how long a stop waits for turns in flight. 0: 20 s.
	TurnDeadline time.Duration
	// Limits of each of its processes.
	Limits Limits
}

// withDefaults fills in what is left open.
func (c Config) withDefaults() Config {
	if c.Dir == "" {
		c.Dir = c.BaseDir
	}
	if c.TurnDeadline <= 0 {
		c.TurnDeadline = defaultTurnDeadline
	}
	return c
}

// check reports all that is wrong with the configuration.
func (c Config) check() error {
	var wrong []error
	report := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("bot %q: "+format, append([]any{c.Name}, args...)...))
	}
	if c.Name == "" {
		report("has no name")
	}
	switch {
	case len(c.Command) == 0 || c.Command[0] == "":
		report("command: is empty; the first word is the program")
	case !filepath.IsAbs(c.Command[0]):
		report("command: %q is not an absolute path", c.Command[0])
	}
	for name, dir := range map[string]string{"dir": c.Dir, "base dir": c.BaseDir} {
		if dir != "" && !filepath.IsAbs(dir) {
			report("%s: %q is not an absolute path", name, dir)
		}
	}
	if _, err := parseSum(c.SHA256); c.SHA256 != "" && err != nil {
		report("sha256: %w", err)
	}
	for path, sum := range c.Files {
		if !filepath.IsAbs(path) {
			report("files: %q is not an absolute path", path)
		}
		if _, err := parseSum(sum); err != nil {
			report("files: %s: %w", path, err)
		}
	}
	return errors.Join(wrong...)
}

// parseSum reads a SHA-256 in hex.
func parseSum(text string) ([32]byte, error) {
	var sum [32]byte
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(sum) {
		return sum, fmt.Errorf("%q is not a SHA-256: 64 hex digits, as sha256sum prints them", text)
	}
	copy(sum[:], raw)
	return sum, nil
}

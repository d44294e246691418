package config

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Bot is one configured bot: a program that the host runs.
type Bot struct {
	// Command is the program, an absolute path, and its arguments, as they
	// were written. Whether the program exists is seen when it is started.
	Command []string `key:"command,required"`
	// SHA256 pins the program, 64 hex digits in lower case; empty: it is not
	// pinned.
	SHA256 string `key:"sha256"`
	// Files pins further files: absolute path to SHA-256.
	Files map[string]string `key:"files"`
	// TurnDeadline is how long one turn may take.
	TurnDeadline time.Duration `key:"turn_deadline" default:"20s" min:"100ms" max:"10m"`
	// Limits of each of its processes.
	Limits BotLimits `key:"limits"`
	// Settings are handed to the bot: strings, float64, bool, nil, []any and
	// map[string]any, as in JSON.
	Settings map[string]any `key:"settings"`
	// Secrets are handed to the bot, apart from Settings.
	Secrets map[string]Secret `key:"secrets"`
}

// BotLimits are what one process of a bot may take, where the system can say so.
type BotLimits struct {
	// Memory that is written to; 0: any.
	Memory Size `key:"memory"`
	// Files open at once; 0: as many as the host may.
	Files Count `key:"files"`
	// CPU is how many processors' time, such as 0.5; 0: any.
	CPU Cores `key:"cpu"`
}

// Cores are a number of processors, a hundredth at least.
type Cores float64

func (c *Cores) setText(text string) error {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0.01 || n > 1024 {
		return fmt.Errorf("%q is not a number of processors from 0.01 to 1024, such as 0.5", text)
	}
	*c = Cores(n)
	return nil
}

// Count is how many, at most a million.
type Count int

func (c *Count) setText(text string) error {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > 1_000_000 {
		return fmt.Errorf("%q is not a number from 0 to 1000000", text)
	}
	*c = Count(n)
	return nil
}

// The least that a bot can begin with.
const (
	leastMemory = 16 << 20
	leastFiles  = 32
)

func (r *reader) checkBot(key string, b *Bot) {
	if b.Limits.Memory != 0 && b.Limits.Memory < leastMemory {
		r.problem(key+".limits.memory", "must be at least 16MiB, or left out")
	}
	if b.Limits.Files != 0 && b.Limits.Files < leastFiles {
		r.problem(key+".limits.files", "must be at least %d, or left out", leastFiles)
	}
	if len(b.Command) == 0 || b.Command[0] == "" {
		r.problem(key+".command", "is empty; the first word is the program")
	} else {
		b.Command[0] = r.program(b.Command[0])
	}
	if b.SHA256 != "" {
		b.SHA256 = r.checkSum(key+".sha256", b.SHA256)
	}
	files := make(map[string]string, len(b.Files))
	for _, name := range sorted(b.Files) {
		at := join(key+".files", name)
		absolute := path(r.dir, name)
		if _, twice := files[absolute]; twice {
			r.problem(at, "names the same file as another key does")
		}
		files[absolute] = r.checkSum(at, b.Files[name])
	}
	if b.Files != nil {
		b.Files = files
	}
}

// program finds the program of a command: a bare word as a shell does, in
// PATH; anything else, and a word that is not there, beside the file.
func (r *reader) program(name string) string {
	if !strings.ContainsAny(name, `/\`) {
		search, _ := r.env("PATH")
		for _, dir := range filepath.SplitList(search) {
			found := filepath.Join(dir, name)
			if !filepath.IsAbs(found) {
				continue
			}
			if info, err := os.Stat(found); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
				return found
			}
		}
	}
	return path(r.dir, name)
}

func (r *reader) checkSum(key, text string) string {
	text = strings.ToLower(text)
	if raw, err := hex.DecodeString(text); err != nil || len(raw) != 32 {
		r.problem(key, "is not a SHA-256: 64 hex digits, as sha256sum prints them")
	}
	return text
}

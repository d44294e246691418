package supervisor

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

const (
	// keptLines is how many lines of a bot's log are kept for showing.
	keptLines = 50
	// shownBytes is how much of each is shown.
	shownBytes = 2 << 10
)

// ring keeps the last lines of a bot's log, over all its processes. Lines are
// kept as they came and made presentable when they are asked for: a flood
// must cost little. Safe for concurrent use.
type ring struct {
	secrets *secrets

	mu    sync.Mutex
	lines [keptLines]ringLine
	next  int // where the next line goes
}

type ringLine struct {
	generation int // 0: none yet
	raw        string
	cut        int
}

func newRing(secrets map[string]string) *ring { return &ring{secrets: newSecrets(secrets)} }

// add keeps one more line, of which cut bytes are missing.
func (r *ring) add(generation int, raw string, cut int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[r.next] = ringLine{generation, raw, cut}
	r.next = (r.next + 1) % keptLines
}

// all are the lines of every generation, oldest first.
func (r *ring) all() []string { return r.show(func(int) bool { return true }) }

// of are the lines of one generation, oldest first.
func (r *ring) of(generation int) []string {
	return r.show(func(g int) bool { return g == generation })
}

func (r *ring) show(wanted func(generation int) bool) []string {
	r.mu.Lock()
	lines, next := r.lines, r.next
	r.mu.Unlock()
	var texts []string
	for i := range keptLines {
		line := lines[(next+i)%keptLines]
		if line.generation > 0 && wanted(line.generation) {
			texts = append(texts, line.text(r.secrets.hide))
		}
	}
	return texts
}

// lastOf is the last line of a generation, or that from which on a Go program
// tells why it falls: the end of its stack says less. Empty: it said nothing.
func (r *ring) lastOf(generation int) string {
	lines := r.of(generation)
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "ERROR panic: ") || strings.HasPrefix(line, "ERROR fatal error: ") {
			return line
		}
	}
	if len(lines) > 0 {
		return lines[len(lines)-1]
	}
	return ""
}

// text is the line as it is shown.
func (l ringLine) text(hide func(string) string) string {
	parsed := parseLog(l.raw, hide)
	var b strings.Builder
	if parsed.level != slog.LevelInfo {
		fmt.Fprintf(&b, "%s ", parsed.level)
	}
	b.WriteString(parsed.message)
	for _, field := range parsed.fields {
		fmt.Fprintf(&b, " %s=%s", field.Key, field.Value)
	}
	text := shorten(b.String(), shownBytes)
	if l.cut > 0 {
		return fmt.Sprintf("%s (and %d bytes more)", text, l.cut)
	}
	return text
}

package supervisor

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// journal is a log that can be waited on. Safe for concurrent use.
type journal struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	changed chan struct{}
}

func newJournal() *journal { return &journal{changed: make(chan struct{})} }

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.changed)
	j.changed = make(chan struct{})
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// wait waits until a line contains each of parts, and answers the line.
func (j *journal) wait(t *testing.T, parts ...string) string {
	t.Helper()
	limit := time.After(patience)
	for {
		j.mu.Lock()
		text, changed := j.buf.String(), j.changed
		j.mu.Unlock()
		for line := range strings.Lines(text) {
			if containsAll(line, parts) {
				return line
			}
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("no log line with %q in:\n%s", parts, text)
		}
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

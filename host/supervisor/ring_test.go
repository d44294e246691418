package supervisor

import (
	"strings"
	"testing"
)

func TestRingKeepsTheLast(t *testing.T) {
	r := newRing(map[string]string{"token": "hunter22", "pin": "1234"})
	for range keptLines {
		r.add(1, "old", 0)
	}
	r.add(2, "token hunter22, pin 1234", 0)
	r.add(2, strings.Repeat("x", maxLine), 7)
	all := r.all()
	if len(all) != keptLines || all[0] != "old" || len(r.of(1)) != keptLines-2 {
		t.Errorf("%d lines, of which %d old", len(all), len(r.of(1)))
	}
	if got := r.of(2)[0]; got != "token [secret token], pin 1234" {
		t.Errorf("kept %q", got)
	}
	if got := r.lastOf(2); len(got) > shownBytes+30 || !strings.HasSuffix(got, "(and 7 bytes more)") {
		t.Errorf("kept %d bytes", len(got))
	}
	if got := r.lastOf(3); got != "" {
		t.Errorf("of nobody: %q", got)
	}
}

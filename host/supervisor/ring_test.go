package supervisor

import (
	"strings"
	"testing"
)

func TestRingKnowsWhyAGoProgramFell(t *testing.T) {
	for _, why := range []string{"panic: oh", "fatal error: concurrent map writes"} {
		r := newRing(nil)
		for _, line := range []string{why, "", "goroutine 7 [running]:", "main.turn.func3()", "/bots/main.go:65 +0x25"} {
			r.add(1, line, 0)
		}
		r.add(2, "no database", 0)
		if got := r.lastOf(1); got != "ERROR "+why {
			t.Errorf("the last it logged is %q", got)
		}
		if got := r.lastOf(2); got != "no database" {
			t.Errorf("the last that another logged is %q", got)
		}
	}
}

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

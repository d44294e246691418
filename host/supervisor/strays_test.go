package supervisor

import (
	"strconv"
	"strings"
	"testing"
)

// Trap 4: a child that holds the outputs keeps nothing up.
func TestChildHoldingOutput(t *testing.T) {
	t.Parallel()
	for _, animal := range []string{"parent", "parent-setsid"} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, animal, nil)
			child := childOf(t, h)
			status := h.ready()
			_, err := h.ask("die", patience)
			wantError(t, err, "ended: exit code 5")
			h.nextAfter(status.Generation)
			wantReaped(t, status.PID)
			wantGone(t, child)
			if animal == "parent-setsid" {
				h.log.wait(t, "processes that the bot had started", strconv.Itoa(child), "left=[]")
			}
		})
	}
}

// childOf is the process that a "parent" of the zoo has started.
func childOf(t *testing.T, h *host) int {
	t.Helper()
	line := h.log.wait(t, "msg=\"child ")
	_, rest, _ := strings.Cut(line, "child ")
	number, _, _ := strings.Cut(rest, "\"")
	child, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	return child
}

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
			line := h.log.wait(t, "msg=\"child ")
			child, err := strconv.Atoi(strings.Trim(strings.Fields(line[strings.Index(line, "child "):])[1], `"`))
			must(err)
			status := h.ready()
			_, err = h.ask("die", patience)
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

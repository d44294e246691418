package supervisor

import (
	"os"
	"runtime"
	"testing"
)

// Not parallel: it counts what the whole test process holds.
func TestNothingIsLeftOfAGeneration(t *testing.T) {
	warm := startHost(t, "crashturn", nil) // what is made once
	warm.ready()
	warm.stop()
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	h := startHost(t, "crashturn", nil)
	for n := range 4 {
		h.nextAfter(n)
		if _, err := h.ask("die", patience); err == nil {
			t.Fatal("it lives")
		}
	}
	h.nextAfter(4)
	h.stop()
	waitFor(t, "goroutines and files are back to what they were", func() bool {
		return runtime.NumGoroutine() <= goroutines && openFiles(t) <= files
	})
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

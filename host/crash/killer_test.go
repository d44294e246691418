package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestLateHost: a host that does not serve is killed, and is not within any
// time; at a point it was not.
func TestLateHost(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "patchbay"), []byte("#!/bin/sh\nexec sleep 600\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	k := &killer{
		dir: dir, prober: newCustomer("p1", "http://127.0.0.1:1"), out: io.Discard,
		patience: time.Minute, within: 20 * time.Millisecond, kills: map[string]int{},
	}
	met, err := k.life(t.Context(), "before-commit")
	if err != nil || met != anyMoment {
		t.Errorf("killed at %s, %v", met, err)
	}
	if len(k.back) != 1 || k.back[0] < k.within {
		t.Errorf("back in %v", k.back)
	}
}

package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestMergedBomb: mappings that a list of aliases merges count as often as they
// are merged.
func TestMergedBomb(t *testing.T) {
	var text strings.Builder
	text.WriteString("a: &a\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "  k%d: 1\n", i)
	}
	text.WriteString("bots:\n  <<: [" + strings.Repeat("*a,", 2000) + "*a]\n")
	_, err := Parse("patchbay.yaml", []byte(text.String()), nil)
	if err == nil || !strings.Contains(err.Error(), "too large from here on") {
		t.Errorf("%.300v", err)
	}
}

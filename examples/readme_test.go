package examples

import (
	"os"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/host/config"
)

// TestReadmeShowsTheExamples: what the README shows is what is here.
func TestReadmeShowsTheExamples(t *testing.T) {
	readme := read(t, "../README.md")
	for _, file := range []string{"echobot/main.go", "patchbay.yaml"} {
		if !strings.Contains(readme, read(t, file)) {
			t.Errorf("README.md does not show %s as it is", file)
		}
	}
}

// TestConfiguration: the example is a good configuration, without warnings.
func TestConfiguration(t *testing.T) {
	cfg, err := config.Load("patchbay.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Error(cfg.Warnings)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

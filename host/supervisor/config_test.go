package supervisor

import (
	"strings"
	"testing"
)

func TestNewReportsAllProblems(t *testing.T) {
	_, err := New([]Config{
		{Name: "a", Command: []string{"./a"}, SHA256: "12", Files: map[string]string{"b.py": "zz"}},
		{Name: "a", Command: []string{"/a"}, Dir: "x"},
		{},
	}, Options{RunDir: "/" + strings.Repeat("long", 20)})
	wantError(t, err, `bot "a": command: "./a" is not an absolute path`, `sha256: "12" is not a SHA-256`,
		`files: "b.py" is not an absolute path`, `files: b.py: "zz"`, `dir: "x"`, "two of this name",
		"has no name", "command: is empty", "run directory", "is too long: it has 81 bytes", "choose a shorter one")
}

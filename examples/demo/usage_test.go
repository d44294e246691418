package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUsage: how it is called is told to those who ask, and to those who call
// it otherwise, who get 2.
func TestUsage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args           string
		code           int
		stdout, stderr string
	}{
		{"--help", 0, "usage: demo  ", ""},
		{"-h", 0, "usage: demo  ", ""},
		{"help", 0, "usage: demo  ", ""},
		{"chat --help", 0, "usage: demo chat HOST", ""},
		{"drive --help", 0, "", "Usage of drive:"},
		{"frobnicate", 2, "", "demo: no command \"frobnicate\"\nusage: demo  "},
		{"--frobnicate", 2, "", "demo: no command \"--frobnicate\"\nusage: demo  "},
		{"chat", 2, "", "demo: chat takes the address of a host, and the channel's secret\nusage: demo chat HOST"},
		{"chat one two three", 2, "", "demo: chat takes "},
		{"drive", 2, "", "demo: drive takes flags alone, of which -simulator and -ops must be given\n"},
		{"drive -frobnicate", 2, "", "flag provided but not defined: -frobnicate"},
		{"chat 127.0.0.1:1", 1, "", "demo: Post \"http://127.0.0.1:1/v3/directline/tokens/generate\": "},
	} {
		cmd := exec.CommandContext(t.Context(), filepath.Join(built, "demo"), strings.Fields(tt.args)...)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != tt.code {
			t.Errorf("%s: exit %d (%v)", tt.args, code, err)
		}
		for got, want := range map[*bytes.Buffer]string{&stdout: tt.stdout, &stderr: tt.stderr} {
			if !strings.HasPrefix(got.String(), want) || want == "" && got.Len() > 0 {
				t.Errorf("%s says %q, not %q", tt.args, got, want)
			}
		}
	}
}

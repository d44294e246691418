package supervisor

import (
	"testing"
	"time"
)

func TestExitInWords(t *testing.T) {
	now := time.Now()
	for want, exit := range map[string]Exit{
		"has not ended":     {},
		"exit code 3":       {At: now, Code: 3},
		"killed by SIGSEGV": {At: now, Code: -1, Signal: "SIGSEGV"},
		"killed by SIGKILL": {At: now, Code: -1, Signal: "SIGKILL", ByHost: true},
		"killed by SIGKILL, not by this host: perhaps the system was out of memory": {At: now, Code: -1, Signal: "SIGKILL"},
	} {
		if got := exit.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

package supervisor

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// TestSecretsInAnyShape: a secret is cut out however a line has it, for the
// host's log and for the lines that are shown.
func TestSecretsInAnyShape(t *testing.T) {
	const awkward = `pa"ss<wörd`
	const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----"
	for name, test := range map[string]struct {
		line, leak, want string
	}{
		"escaped in JSON":        {`{"msg":"it is pa\"ss\u003cw\u00f6rd now","x":1}`, "pa\"ss", "it is [secret awkward] now x=1"},
		"in a field":             {`{"msg":"in","key":"pa\"ss<w\u00f6rd"}`, "pa\"ss", "in key=[secret awkward]"},
		"deep in a field":        {`{"msg":"in","x":{"y":["pa\"ss<w\u00f6rd"]}}`, `pa\"ss`, `in x={"y":["[secret awkward]"]}`},
		"between colours":        {"pa\"ss\x1b[1m<wörd", `pa"ss`, "[secret awkward]"},
		"a line of a longer one": {"  MIIEvQIBADANBg", "MIIEv", "[secret key]"},
		"one begins another":     {"it is hunter22 now", "ter22", "it is [secret longer] now"},
		"all of a longer one":    {`{"msg":"-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----"}`, "MIIEv", strings.Repeat("[secret key] ", 3) + "[secret key]"},
	} {
		var log bytes.Buffer
		ring := newRing(map[string]string{"awkward": awkward, "key": key, "shorter": "hunter", "longer": "hunter22", "short": "a"})
		l := newLogs(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), ring, 1)
		l.line("stderr", test.line, 0)
		if got := ring.lastOf(1); got != test.want {
			t.Errorf("%s: shown is %s", name, got)
		}
		if strings.Contains(log.String(), test.leak) || strings.Contains(log.String(), strings.ReplaceAll(test.leak, `"`, `\"`)) {
			t.Errorf("%s: logged is %s", name, &log)
		}
	}
}

// TestSecretThatIsCut: what is left of a line that was too long does not end
// with the beginning of a secret.
func TestSecretThatIsCut(t *testing.T) {
	ring := newRing(map[string]string{"token": "osprey-7714"})
	var log bytes.Buffer
	l := newLogs(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), ring, 1)
	stream := l.stream("stderr")
	_, _ = stream.Write([]byte(strings.Repeat("x", maxLine-8) + "osprey-7714 and more\n"))
	if strings.Contains(log.String(), "osprey") || !strings.Contains(log.String(), "xxx") || !strings.Contains(log.String(), "cut_bytes=") {
		t.Errorf("logged is … %s", log.String()[log.Len()-100:])
	}
}

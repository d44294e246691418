package supervisor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Trap 2: a certificate in the handshake is met by a TLS configuration; and a
// panic in the library would be an error (TestGuardTurnsPanicIntoError).
func TestCertificateWithoutTLS(t *testing.T) {
	t.Parallel()
	h := startHost(t, "falsecert", func(_ *Config, l *timing) { l.loopCrashes = 1 })
	if status := h.failed(); !strings.Contains(status.LastError, "does not look like a TLS handshake") {
		t.Error(status.LastError)
	}
}

// Each start that fails says what is wrong, and what would help.
func TestBrokenStarts(t *testing.T) {
	t.Parallel()
	for animal, test := range map[string]struct {
		change func(*timing)
		want   []string
	}{
		"silent":          {func(l *timing) { l.handshake = 300 * time.Millisecond }, []string{"start: no handshake on stdout", "limit of 300ms"}},
		"stubborn-silent": {func(l *timing) { l.handshake, l.term = 300*time.Millisecond, 100*time.Millisecond }, []string{"start: no handshake"}},
		"banner":          {nil, []string{`start: the first line on stdout is "Loading model ..."`, "log to stderr"}},
		"cookie":          {nil, []string{"start: the process ended before the handshake: exit code 1", `"I am a plugin of something else"`}},
		"version":         {nil, []string{`start: it speaks version "9" of the bot contract, this host speaks 1`}},
		"tcp":             {nil, []string{`start: it listens on "tcp"`, "only unix sockets in PLUGIN_UNIX_SOCKET_DIR"}},
		"foreign":         {nil, []string{"start: it listens on", "/tmp/s", "only sockets directly in PLUGIN_UNIX_SOCKET_DIR"}},
		"symlink":         {nil, []string{"start: it listens on", "/s/link", "which is no socket"}},
		"notls":           {nil, []string{"start: it shows no certificate", "must serve mutual TLS"}},
		"falsecert":       {nil, []string{"health: ", "tls: first record does not look like a TLS handshake", "must serve TLS with the certificate of its handshake"}},
		"deaf":            {func(l *timing) { l.connect = 300 * time.Millisecond }, []string{"connect: the process took no connection in time"}},
		"sick":            {func(l *timing) { l.ready = 300 * time.Millisecond }, []string{"health: no answer in time"}},
		"crash":           {nil, []string{"start: the process ended before the handshake: exit code 3", `"boom: no model found"`}},
		"settings":        {nil, []string{"configure: answers: is missing; name a file"}},
	} {
		t.Run(animal, func(t *testing.T) {
			t.Parallel()
			limits := quick()
			if test.change != nil {
				test.change(&limits)
			}
			parent := shortDir(t)
			_, err := Check(t.Context(), zooConfig(animal), Options{RunDir: parent, Logger: quiet(), timing: &limits})
			wantError(t, err, append(test.want, "start bot guest: ")...)
			if left, _ := os.ReadDir(parent); len(left) > 0 {
				t.Errorf("left in the run directory: %v", left)
			}
		})
	}
}

func TestProgramsThatCannotRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, []byte(content), mode))
		return path
	}
	for name, test := range map[string]struct {
		path string
		want []string
	}{
		"missing":        {filepath.Join(dir, "none"), []string{"no such file", "was it built?"}},
		"not executable": {file("plain", "x", 0o600), []string{"permission denied", "chmod +x"}},
		"no interpreter": {file("script", "#!/no/such/python\n", 0o700), []string{"the interpreter in its #! line"}},
		"no program":     {file("data", "\x00\x01\x02", 0o700), []string{"no program of this system"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Name: "guest", Command: []string{test.path}, BaseDir: dir}
			h := startConfig(t, config, quick())
			status := h.failed()
			if status.Generation != 1 || !containsAll(status.LastError, append(test.want, "start bot guest: start: run "+test.path)) {
				t.Errorf("generation %d: %s", status.Generation, status.LastError)
			}
			if err := h.Settled(t.Context()); err != nil {
				t.Error(err)
			}
			_, err := h.ask("hello", patience) // at once
			wantError(t, err, "bot guest has failed", test.path)
		})
	}
}

func TestWorkingDirectoryMissing(t *testing.T) {
	t.Parallel()
	config := zooConfig("echo")
	config.Dir = filepath.Join(t.TempDir(), "none")
	_, err := Check(t.Context(), config, Options{RunDir: shortDir(t), Logger: quiet()})
	wantError(t, err, "the working directory", "/none does not exist")
}

package supervisor

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchbay-host/patchbay/plugins/bot"
)

// broken starts: each says what is wrong, and what would help.
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

func TestCheckOfGoodBot(t *testing.T) {
	t.Parallel()
	config := zooConfig("settings")
	config.Settings = map[string]any{"answers": "a.yaml"}
	parent := shortDir(t)
	description, err := Check(t.Context(), config, Options{RunDir: parent, Logger: quiet()})
	if err != nil || description.Name != "zoo" || description.Version != "1.2.3" {
		t.Errorf("%+v, %v", description, err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left in the run directory: %v", left)
	}
}

func TestBadSettingsAreFoundInTheError(t *testing.T) {
	t.Parallel()
	h := startHost(t, "settings", nil)
	if status := h.failed(); status.Generation != 1 {
		t.Errorf("it was tried %d times", status.Generation)
	}
	_, err := h.ask("hello", patience)
	wantError(t, err, "bot guest has failed", "answers: is missing")
	var wrong bot.SettingErrors
	if !asError(err, &wrong) || wrong[0].Key != "answers" {
		t.Errorf("no setting errors in %v", err)
	}
}

// Trap 7, 8, 12, 17: what a bot sees of the host.
func TestSurroundings(t *testing.T) {
	for name, value := range map[string]string{"PATCHBAY_OPS_TOKEN": "secret", "AWS_SECRET_ACCESS_KEY": "secret", "TZ": "Asia/Tokyo", "LC_TIME": "C"} {
		t.Setenv(name, value)
	}
	h := startHost(t, "env", func(c *Config, _ *timing) {
		c.Secrets = map[string]string{"token": "also secret"}
		c.BaseDir = t.TempDir()
	})
	look := func() (see around) {
		said, err := h.ask("what do you see", patience)
		if err != nil {
			t.Fatal(err)
		}
		must(json.Unmarshal([]byte(said), &see))
		return see
	}
	see := look()
	handshake := bot.Handshake()
	mayHave := append([]string{"HOME", "TMPDIR", socketDirVar, "PLUGIN_CLIENT_CERT", "PLUGIN_PROTOCOL_VERSIONS", handshake.MagicCookieKey}, allowed...)
	for name, value := range see.Env {
		if !slices.Contains(mayHave, name) && !strings.HasPrefix(name, "LC_") || strings.Contains(value, "secret") {
			t.Errorf("it sees %s=%s", name, value)
		}
	}
	if see.Env["TZ"] != "Asia/Tokyo" || see.Env["LC_TIME"] != "C" || see.Env["PATH"] == "" {
		t.Errorf("it lacks something: %v", see.Env)
	}
	if want := evalPath(t, h.keepers[0].config.BaseDir); see.Dir != want {
		t.Errorf("it works in %s, want %s", see.Dir, want)
	}
	for name, mode := range see.Modes {
		if mode != "-rwx------" {
			t.Errorf("%s has mode %s", name, mode)
		}
	}
	if see.Curve != "ECDSA 91" { // P-521 has 158 bytes
		t.Errorf("the host's certificate has a key of another kind: %s", see.Curve)
	}

	first := h.ready()
	must(killPID(first.PID))
	h.nextAfter(first.Generation)
	again := look()
	for _, name := range []string{"HOME", "TMPDIR", socketDirVar, "PLUGIN_CLIENT_CERT"} {
		if again.Env[name] == see.Env[name] {
			t.Errorf("the next generation has the same %s", name)
		}
	}
	h.stop()
	if _, err := os.Stat(see.Env["HOME"]); !os.IsNotExist(err) {
		t.Errorf("the old home is still there: %v", err)
	}
}

func TestSecretsAreCutOut(t *testing.T) {
	t.Parallel()
	h := startHost(t, "blabs", func(c *Config, _ *timing) { c.Secrets = map[string]string{"token": "hunter22"} })
	status := h.failed()
	h.log.wait(t, "my token is [secret token]")
	_, err := h.ask("hello", patience)
	wantError(t, err, "cannot use [secret token]")
	for _, text := range []string{err.Error(), h.log.String(), status.LastError, strings.Join(status.Log, "\n")} {
		if strings.Contains(text, "hunter22") {
			t.Errorf("the secret is in %q", text)
		}
	}
}

func TestTwoStartsAtOnce(t *testing.T) {
	t.Parallel()
	limits := quick()
	var configs []Config
	for _, name := range []string{"a", "b", "c", "d"} {
		config := zooConfig("silent")
		config.Name = name
		configs = append(configs, config)
	}
	limits.handshake = time.Hour
	s, err := New(configs, Options{RunDir: shortDir(t), Logger: quiet(), timing: &limits})
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	starting := func() (n int) {
		for _, k := range s.keepers {
			k.mu.Lock()
			n += k.number
			k.mu.Unlock()
		}
		return n
	}
	waitFor(t, "two are starting", func() bool {
		return starting() == 2 && len(strays(genDirOf(s, 1))) == 1 && len(strays(genDirOf(s, 2))) == 1
	})
	if n := starting(); n != 2 {
		t.Errorf("%d are starting", n)
	}
}

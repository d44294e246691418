package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// testEnv is the environment of every test.
func testEnv(name string) (string, bool) {
	text, ok := map[string]string{
		"KEY": "key-in-env", "WEB_SECRET": "web-secret-in-env", "SHOP_SECRET": "shop-secret-in-env", "EMPTY": "",
		"EIGHTX8_API_KEY": "key-in-env", "EIGHTX8_KEY": "key-in-env", "EIGHTX8_SECRET": "secret-in-env", "PATCHBAY_OPS_TOKEN": "ops-token-in-env",
	}[name]
	return text, ok
}

// TestBad holds a file for each problem: patchbay.yaml, and problems as they
// are printed.
func TestBad(t *testing.T) {
	eachArchive(t, "testdata/bad", func(t *testing.T, dir string) string {
		c, err := Load("patchbay.yaml", testEnv)
		if c != nil {
			t.Errorf("there are problems, and a Config")
		}
		if _, ok := errors.AsType[Problems](err); !ok {
			t.Fatalf("error is a %T, want Problems", err)
		}
		return err.Error() + "\n"
	})
}

// TestGood holds files without problems: patchbay.yaml, and config, key by key.
func TestGood(t *testing.T) {
	eachArchive(t, "testdata/good", func(t *testing.T, dir string) string {
		c, err := Load("patchbay.yaml", testEnv)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(describe(c), dir, "DIR")
	})
}

// eachArchive writes the files of each archive into a folder, goes there, and
// compares what got answers with the archive's last file. With UPDATE=1 in the
// environment that file is rewritten instead.
func eachArchive(t *testing.T, folder string, got func(t *testing.T, dir string) string) {
	names, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Abs(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			dir := t.TempDir()
			write(t, dir, archive.Files[:last])
			t.Chdir(dir)
			text := got(t, dir)
			if os.Getenv("UPDATE") != "" {
				archive.Files[last].Data = []byte(text)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[last].Data), text); diff != "" {
				t.Errorf("%s (-want +got):\n%s", archive.Files[last].Name, diff)
			}
		})
	}
}

func write(t *testing.T, dir string, files []txtar.File) {
	t.Helper()
	for _, file := range files {
		name := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLoadMissing(t *testing.T) {
	_, err := Load("testdata/none.yaml", testEnv)
	if got, want := err.Error(), "testdata/none.yaml: no such file or directory"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadTooLarge(t *testing.T) {
	name := filepath.Join(t.TempDir(), "patchbay.yaml")
	if err := os.WriteFile(name, make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(name, testEnv)
	if got, want := err.Error(), name+": is larger than 1024 KiB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestProblem: what is found out later has its line, too.
func TestProblem(t *testing.T) {
	c, err := Parse("patchbay.yaml", []byte(`public_url: https://chat.example.com
desks: {acme: {tenant: acme01, api_key: {env: KEY}}}
bots:
  faq:
    command: [./bin/faq]
    settings:
      answers: ./answers.yaml
channels:
  web: {line: directline, secrets: [{env: WEB_SECRET}], bot: faq, on_failure: bot}
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"bots.faq.command":                "patchbay.yaml:5: bots.faq.command: no such file",
		"bots.faq.settings.answers":       "patchbay.yaml:7: bots.faq.settings.answers: no such file",
		"bots.faq.settings.topics[3].say": "patchbay.yaml:6: bots.faq.settings.topics[3].say: no such file",
		"store":                           "patchbay.yaml: store: no such file",
	} {
		if got := c.Problem(key, "no such file").String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestProgram: a bare word is looked for in PATH first.
func TestProgram(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tool"), nil, 0o700); err != nil {
		t.Fatal(err)
	}
	r := &reader{dir: "/etc/patchbay", env: func(string) (string, bool) { return "relative:" + dir, true }}
	for name, want := range map[string]string{
		"tool":          filepath.Join(dir, "tool"),
		"./tool":        "/etc/patchbay/tool",
		"elsewhere":     "/etc/patchbay/elsewhere",
		"/opt/faq/tool": "/opt/faq/tool",
	} {
		if got := r.program(name); got != want {
			t.Errorf("program(%q) = %q, want %q", name, got, want)
		}
	}
}

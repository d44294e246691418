package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"
)

// withFiles is the tests' environment; the reference reads a secret from a
// file, too, which is made beside it for as long as the test runs.
func withFiles(t *testing.T) Env {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"reference.yaml": string(reference), "crm.token": "crm-token-in-file"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return testEnv
}

// TestReference: the reference loads, and nothing in it is doubtful.
func TestReference(t *testing.T) {
	c, err := Load("reference.yaml", withFiles(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings:\n%v", c.Warnings)
	}
}

// TestReferenceComplete: every key is in the reference, with a comment, and
// with its default where it has one. What one desk or channel cannot have is
// shown by another.
func TestReferenceComplete(t *testing.T) {
	var document yaml.Node
	if err := yaml.Unmarshal(reference, &document); err != nil {
		t.Fatal(err)
	}
	var walk func(key string, in reflect.Type, example *yaml.Node)
	walk = func(key string, in reflect.Type, example *yaml.Node) {
		for in.Kind() == reflect.Pointer {
			in = in.Elem()
		}
		switch {
		case in.Kind() == reflect.Map:
			walk(key, in.Elem(), together(example))
			return
		case in.Kind() != reflect.Struct:
			return
		}
		for _, field := range reflect.VisibleFields(in) {
			name, _, ok := fieldKey(field)
			if !ok {
				continue
			}
			found, comment := find(example, name)
			if found == nil || comment == "" {
				t.Errorf("%s is not in the reference, or has no comment there", join(key, name))
				continue
			}
			if text, ok := field.Tag.Lookup("default"); ok && found.Value != text {
				t.Errorf("%s is %q in the reference, and %q by default", join(key, name), found.Value, text)
			}
			walk(join(key, name), field.Type, found)
		}
	}
	walk("", reflect.TypeFor[Config](), document.Content[0])
}

// TestSchema: what editors are told of one key.
func TestSchema(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	at := any(schema)
	for _, step := range []string{"properties", "channels", "additionalProperties", "properties", "on_failure"} {
		at = at.(map[string]any)[step]
	}
	want := map[string]any{
		"type": "string", "default": "queue", "enum": []any{"queue", "bot"},
		"description": "Who takes over when the bot has failed: queue or bot (the customer is told texts.bot_failed).",
	}
	if !reflect.DeepEqual(at, want) {
		t.Errorf("channels.*.on_failure is %v, want %v", at, want)
	}
}

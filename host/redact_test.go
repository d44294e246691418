package host

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/patchbay-host/patchbay/host/config"
)

// TestSecretsOf: no secret of the configuration is forgotten, whatever keys it
// will have.
func TestSecretsOf(t *testing.T) {
	cfg := &config.Config{}
	count := 0
	fill(reflect.ValueOf(cfg).Elem(), func() config.Secret {
		count++
		return config.NewSecret(strings.Repeat("x", count))
	})
	known := secretsOf(cfg)
	if count < 5 {
		t.Fatalf("%d secrets: is the configuration filled?", count)
	}
	for n := 1; n <= count; n++ {
		if !slices.Contains(known, strings.Repeat("x", n)) {
			t.Errorf("secret %d is not known", n)
		}
	}
}

// fill fills in secrets wherever there is a place for one: one of each in maps
// and lists.
func fill(v reflect.Value, secret func() config.Secret) {
	switch {
	case !v.CanSet():
	case v.Type() == reflect.TypeFor[config.Secret]():
		v.Set(reflect.ValueOf(secret()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), secret)
		}
	case v.Kind() == reflect.Map:
		made := reflect.New(v.Type().Elem()).Elem()
		fill(made, secret)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("one").Convert(v.Type().Key()), made)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), secret)
	}
}

func TestRedaction(t *testing.T) {
	var r redaction
	cfg := func(more string) *config.Config {
		t.Helper()
		cfg, err := config.Parse("patchbay.yaml", []byte(`
public_url: https://chat.example.com
bots: {faq: {command: [./faq]}}
channels: {web: {line: directline, secrets: [the first of the secrets], bot: faq, on_failure: bot}}
`+more), func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	const text = "ann@example.com, K-4711, the first of the secrets"
	for _, test := range []struct{ more, logs, history string }{
		{"", "ann@example.com, K-4711, [secret]", text},
		{`redact: {builtin: [email], patterns: ['K-\d+']}`, "[email], [redacted], [secret]", text},
		{`redact: {builtin: [email], history: true}`, "[email], K-4711, [secret]", "[email], K-4711, the first of the secrets"},
	} {
		if err := r.set(cfg(test.more)); err != nil {
			t.Fatal(err)
		}
		if logs, history := r.logs.Text(text), r.history.Text(text); logs != test.logs || history != test.history {
			t.Errorf("%s: logs %q, history %q", test.more, logs, history)
		}
	}
}

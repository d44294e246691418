package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestSecretNeverPrints prints secrets, alone and inside of others, in every
// way that comes to mind.
func TestSecretNeverPrints(t *testing.T) {
	const text = "hunter2-hunter2"
	secret := NewSecret(text)
	type inside struct {
		Exported   Secret
		unexported Secret
		pointer    *Secret
		list       []Secret
	}
	holder := inside{secret, secret, &secret, []Secret{secret}}
	c := Config{
		Ops:      Ops{Token: secret},
		Desks:    map[string]Desk{"acme": {APIKey: secret}},
		Bots:     map[string]Bot{"faq": {Secrets: map[string]Secret{"pin": secret}}},
		Channels: map[string]Channel{"web": {Secrets: []Secret{secret}}},
	}
	var out bytes.Buffer
	for _, v := range []any{secret, &secret, holder, &holder, []Secret{secret}, map[string]Secret{"a": secret}, c, &c, c.Desks["acme"]} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s", "%p", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, marshal := range []func(any) ([]byte, error){json.Marshal, xml.Marshal, yaml.Marshal} {
			raw, err := marshal(v)
			fmt.Fprintf(&out, "%s %v\n", raw, err)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("secret", "value", v, slog.Group("group", "value", v))
		}
	}
	for _, sign := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), "aHVudGVyMi"} {
		if strings.Contains(out.String(), sign) {
			t.Errorf("%q was printed:\n%s", sign, out.String())
		}
	}
	if !strings.Contains(out.String(), "[secret]") {
		t.Error("[secret] was not printed")
	}
}

// TestSecretProblems: no problem of any file tells a secret.
func TestSecretProblems(t *testing.T) {
	text := `
store: postgres://u:hunter2@db
desks: {acme: {api_key: hunter2, base_url: "https://u:hunter2@api.8x8.com"}}
channels:
  web: {secrets: [hunter2, hunter2]}
  shop: {secrets: [hunter2]}
`
	_, err := Parse("patchbay.yaml", []byte(text), testEnv)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want problems without the secret", err)
	}
}

func TestSecretEqual(t *testing.T) {
	a, same, other := NewSecret("a"), NewSecret("a"), NewSecret("b")
	if !a.Equal(same) || a.Equal(other) || !reflect.DeepEqual(a, same) || reflect.DeepEqual(a, other) {
		t.Error("secrets are compared by something else than their text")
	}
	if a.Equal(Secret{}) || !(Secret{}).IsZero() || a.IsZero() || a.Reveal() != "a" {
		t.Error("a secret without a text is not like one")
	}
}

package config

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"strings"
)

// Secret is a text that prints as [secret], whatever prints it. In the file it
// is {env: NAME}, {file: path} or the text itself; it is read by [Load].
//
// The text is behind a pointer because fmt calls no method of an unexported
// field: there it prints an address.
type Secret struct{ text *string }

// NewSecret is a secret with a text.
func NewSecret(text string) Secret { return Secret{&text} }

const hidden = "[secret]"

// Reveal is the text itself; empty if there is none.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no text.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Equal compares in constant time.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String, GoString, Format, LogValue, MarshalJSON and MarshalText tell nothing.

func (s Secret) String() string { return hidden }

// GoString hides.
func (s Secret) GoString() string { return hidden }

// Format hides, with every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON hides.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// MarshalText hides.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// maxSecret is more than any key or token needs.
const maxSecret = 64 << 10

// secretSource is where a secret is read from.
type secretSource struct {
	Env  string `key:"env"`
	File string `key:"file"`
}

func (s *Secret) read(r *reader, v value, _ reflect.StructTag) {
	var text string
	if v.isMapping() {
		var from secretSource
		if !r.into(v, &from) {
			r.broken[v.key] = true
			return
		}
		found, err := r.lookUp(from)
		if err != nil {
			r.wrong(v.key, "%v", err)
			return
		}
		text = found
	} else if !r.text(v, &text) {
		return
	}
	if text == "" {
		r.wrong(v.key, "is empty")
		return
	}
	*s = NewSecret(text)
}

// lookUp reads a secret from where it is. Errors name the place alone.
func (r *reader) lookUp(from secretSource) (string, error) {
	switch {
	case (from.Env == "") == (from.File == ""):
		return "", fmt.Errorf("must be one of {env: NAME}, {file: path} and the text itself")
	case from.Env != "":
		text, ok := r.env(from.Env)
		switch {
		case !ok:
			return "", fmt.Errorf("the environment variable %s is not set", from.Env)
		case text == "":
			return "", fmt.Errorf("the environment variable %s is empty", from.Env)
		}
		return text, nil
	}
	text, err := readFile(path(r.dir, from.File), maxSecret)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", from.File, err)
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("the file %s is empty", from.File)
	}
	return secret, nil
}

// readFile reads a file of at most limit bytes. Its errors do not name it.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, cause(err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("is larger than %d KiB", limit>>10)
	}
	return text, nil
}

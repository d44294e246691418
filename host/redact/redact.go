package redact

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// The built-in rules by name, as they are applied.
var builtin = map[string]func(string) string{
	"card":  cards,
	"email": emails,
	"phone": phones,
}

// order of the built-in rules: a card's number looks like a phone's.
var order = []string{"card", "email", "phone"}

// Rules say what is taken out.
type Rules struct {
	// Builtin rules: card, email, phone.
	Builtin []string
	// Patterns of the operator's, which run in time linear to the text, as
	// all of package regexp do.
	Patterns []*regexp.Regexp
	// Secrets that are known. Those of less than 6 bytes are left alone: they
	// are part of ordinary words.
	Secrets []string
}

// minSecret is the length from which a secret is taken out.
const minSecret = 6

// Redactor takes things out of texts by rules, which can be replaced. The zero
// value takes nothing out. Safe for concurrent use.
type Redactor struct {
	steps atomic.Pointer[[]func(string) string]
}

// Set replaces the rules, all or (on an error) none.
func (r *Redactor) Set(rules Rules) error {
	var steps []func(string) string
	if secrets := replacer(rules.Secrets); secrets != nil {
		steps = append(steps, secrets.Replace)
	}
	for _, name := range rules.Builtin {
		if builtin[name] == nil {
			return fmt.Errorf("redact: no built-in rule %q", name)
		}
	}
	for _, pattern := range rules.Patterns {
		steps = append(steps, func(text string) string { return pattern.ReplaceAllLiteralString(text, "[redacted]") })
	}
	for _, name := range order {
		if slices.Contains(rules.Builtin, name) {
			steps = append(steps, builtin[name])
		}
	}
	r.steps.Store(&steps)
	return nil
}

// Text is a text without what is taken out. In its place is written what it
// was, as [card] or [redacted].
func (r *Redactor) Text(text string) string {
	steps := r.steps.Load()
	if steps == nil || text == "" {
		return text
	}
	for _, step := range *steps {
		text = step(text)
	}
	return text
}

// replacer takes out secrets, longer ones first: one may begin with another.
// So are the lines of those that have several, as a key in PEM has: they may
// be logged one by one. Nil: there are none.
func replacer(secrets []string) *strings.Replacer {
	all := slices.Clone(secrets)
	for _, secret := range secrets {
		for line := range strings.Lines(secret) {
			all = append(all, strings.TrimSpace(line))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, secret := range all {
		if len(secret) >= minSecret {
			pairs = append(pairs, secret, "[secret]")
		}
	}
	if pairs == nil {
		return nil
	}
	return strings.NewReplacer(pairs...)
}

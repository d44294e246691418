package supervisor

import (
	"cmp"
	"slices"
	"strings"
)

// minSecret is the length from which a secret is cut out of what is logged:
// shorter ones are part of ordinary words.
const minSecret = 6

// secrets are those of a bot, which nobody is to read in its log or errors.
type secrets struct {
	known    []string // longer ones first: one may begin with another
	replacer *strings.Replacer
}

// newSecrets knows secrets by their names. A log is read line by line, so the
// lines of a longer secret, as of a key in PEM, are secrets too.
func newSecrets(byName map[string]string) *secrets {
	names := map[string]string{}
	for name, secret := range byName {
		for line := range strings.Lines(secret) {
			names[strings.TrimSpace(line)] = name
		}
		names[secret] = name
	}
	s := &secrets{}
	for text := range names {
		if len(text) >= minSecret {
			s.known = append(s.known, text)
		}
	}
	slices.SortFunc(s.known, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, text := range s.known {
		pairs = append(pairs, text, "[secret "+names[text]+"]")
	}
	s.replacer = strings.NewReplacer(pairs...)
	return s
}

// hide writes the names of secrets in their place.
func (s *secrets) hide(text string) string { return s.replacer.Replace(text) }

// unbroken is the beginning of a line without that of a secret, should it have
// been cut within one.
func (s *secrets) unbroken(line string) string {
	for _, text := range s.known {
		for n := min(len(text)-1, len(line)); n >= minSecret; n-- {
			if rest, found := strings.CutSuffix(line, text[:n]); found {
				return rest
			}
		}
	}
	return line
}

package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Redact says what is taken out of logs.
type Redact struct {
	// Builtin rules.
	Builtin []string `key:"builtin" oneof:"card email phone"`
	// Patterns of one's own.
	Patterns []Pattern `key:"patterns"`
	// History: they hold for the history that agents are shown, too.
	History bool `key:"history"`
}

// Pattern is a regular expression (RE2, as package regexp has it).
type Pattern struct{ *regexp.Regexp }

func (p *Pattern) setText(text string) error {
	found, err := regexp.Compile(text)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return fmt.Errorf("is no regular expression (RE2): %s", oneLine(why))
	}
	if found.MatchString("") {
		return errors.New("finds the empty text, which is everywhere")
	}
	p.Regexp = found
	return nil
}

// oneLine is a text with what would break a line, quoted.
func oneLine(text string) string {
	quoted := fmt.Sprintf("%q", text)
	return strings.ReplaceAll(strings.ReplaceAll(quoted[1:len(quoted)-1], `\\`, `\`), `\"`, `"`)
}

// checkRedact reports what would take nothing out.
func (r *reader) checkRedact(c *Redact) {
	if c.History && len(c.Builtin) == 0 && len(c.Patterns) == 0 {
		r.problem("redact.history", "takes nothing out: there are no builtin rules and no patterns")
	}
}

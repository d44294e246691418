package directline

import (
	"errors"

	"golang.org/x/text/language"
)

// maxLocale is more than any language needs.
const maxLocale = 35

// languageOf is the language that a client names, as BCP 47 writes it: de-DE
// for de_de. What names none is left out.
func languageOf(locale string) string {
	if len(locale) > maxLocale {
		return ""
	}
	tag, err := language.Raw.Parse(locale)
	if _, partly := errors.AsType[language.ValueError](err); err != nil && !partly || tag.IsRoot() {
		return ""
	}
	return tag.String() // without the parts that mean nothing
}

package supervisor

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes one harmless line out of what a process printed: UTF-8, without
// control characters, escape sequences for terminals, or characters that turn
// the direction of what follows.
func clean(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		if end := escapeEnd(text, i); end > i {
			i = end
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case r == '\t' || r == '\n':
			b.WriteByte(' ')
		case unicode.IsPrint(r):
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// escapeEnd is where the terminal's escape sequence (CSI, as for colours) that
// begins at i ends; i, if none does.
func escapeEnd(text string, i int) int {
	if !strings.HasPrefix(text[i:], "\x1b[") {
		return i
	}
	for j := i + 2; j < len(text); j++ {
		if c := text[j]; c >= 0x40 && c <= 0x7e {
			return j + 1
		}
	}
	return len(text)
}

// shorten cuts text so that it has no more than most bytes, without splitting a character.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	cut := most - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// words takes a text apart for comparing: case, punctuation and diacritics are
// gone, so that "Öffnungszeiten?" and "offnungszeiten" are the same. Marks that
// are no diacritics are letters: without its vowels "दिन" would be "दान". Bytes
// that are no UTF-8 part words, as punctuation does.
func words(text string) []string {
	text = strings.ToValidUTF8(text, " ") // norm leaves what follows such bytes as it was
	var plain strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(norm.NFKD.String(text))) {
		switch {
		case isDiacritic(r), unicode.Is(unicode.Cf, r), r == '\'', r == '’':
		case unicode.In(r, unicode.L, unicode.N, unicode.Mn, unicode.Mc):
			plain.WriteRune(unicode.ToLower(r)) // cases.Fold swaps the cases of Cherokee
		default:
			plain.WriteByte(' ')
		}
	}
	return strings.Fields(plain.String())
}

// isDiacritic reports whether a mark may be left out in writing: accents, and the
// points of Hebrew and Arabic. The two that tell "かぎ" from "かき" may not.
func isDiacritic(r rune) bool {
	return unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Hebrew, unicode.Arabic) && r != '\u3099' && r != '\u309a'
}

// plain is the text with its words one space apart.
func plain(text string) string { return strings.Join(words(text), " ") }

// alike reports whether two words are the same up to one typing mistake: a
// letter too many, too few or wrong, or two that changed places. Words under
// five letters and those with digits must be the same.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b)+utf8.UTFMax || len(b) > len(a)+utf8.UTFMax {
		return false
	}
	x, y := []rune(a), []rune(b)
	if min(len(x), len(y)) < 5 || strings.ContainsFunc(a+b, unicode.IsNumber) {
		return false
	}
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) == 2 && len(y) == 2 {
		return x[0] == y[1] && x[1] == y[0]
	}
	return len(x) <= 1 && len(y) <= 1
}

// holds reports whether a word that was said is the wanted one or, where words
// are written without spaces, has it inside.
func holds(said, wanted string) bool {
	return alike(said, wanted) || strings.ContainsFunc(wanted, isUnspaced) &&
		strings.Contains(norm.NFC.String(said), norm.NFC.String(wanted)) // composed: か is not inside が
}

func isUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// hasAll reports whether each of wanted is among said, in any order.
func hasAll(said, wanted []string) bool {
	for _, w := range wanted {
		if !has(said, w) {
			return false
		}
	}
	return len(wanted) > 0
}

func has(said []string, wanted string) bool {
	for _, s := range said {
		if holds(s, wanted) {
			return true
		}
	}
	return false
}

// hasPhrase reports whether the words of wanted are in said one after another.
func hasPhrase(said, wanted []string) bool {
	for i := 0; i+len(wanted) <= len(said); i++ {
		match := len(wanted) > 0
		for j, w := range wanted {
			match = match && holds(said[i+j], w)
		}
		if match {
			return true
		}
	}
	return false
}

// gramCounts are sequences of three letters, and how often each is there.
type gramCounts struct {
	counts map[string]int
	total  int
}

// grams counts the sequences of three letters in the words, beginnings and
// ends included.
func grams(of []string) gramCounts {
	g := gramCounts{counts: map[string]int{}}
	for _, word := range of {
		letters := []rune("  " + word + " ")
		for i := 0; i+3 <= len(letters); i++ {
			g.counts[string(letters[i:i+3])]++
			g.total++
		}
	}
	return g
}

// similarity of two texts by their sequences of three letters (the Dice
// coefficient): 0 nothing in common, 1 the same sequences. The order of words
// does not matter, and a typing mistake costs little. It takes as long as the
// shorter text does.
func similarity(a, b gramCounts) float64 {
	if len(a.counts) > len(b.counts) {
		a, b = b, a
	}
	var common int
	for gram, n := range a.counts {
		common += min(n, b.counts[gram])
	}
	return 2 * float64(common) / float64(max(a.total+b.total, 1))
}

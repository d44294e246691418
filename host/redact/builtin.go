package redact

import (
	"regexp"
	"strings"
)

// digits are runs of digits, in groups as people write them.
var digits = regexp.MustCompile(`[0-9]+(?:[ .\x{a0}-]{0,2}[0-9]+)*`)

// The digits that a card's number has (ISO/IEC 7812-1).
const (
	leastCard = 12
	mostCard  = 19
)

// cards takes out what can be the number of a card: 12 to 19 digits, perhaps in
// groups, whose last one is the check digit of the others.
func cards(text string) string {
	return replaceAll(text, digits, func(run string) string {
		var out strings.Builder
		for start := 0; start < len(run); {
			if end := cardIn(run[start:]); end > 0 {
				out.WriteString("[card]")
				start += end
				continue
			}
			next := start + groupIn(run[start:])
			out.WriteString(run[start:next])
			start = next
		}
		return out.String()
	})
}

// groupIn is the length of the first group of digits, with what is behind it.
func groupIn(run string) int {
	rest := strings.TrimLeftFunc(strings.TrimLeft(run, numerals), func(r rune) bool { return r < '0' || r > '9' })
	return len(run) - len(rest)
}

const numerals = "0123456789"

// cardIn is the length of the longest card's number that a run begins with and
// that ends with a group; 0: it begins with none.
func cardIn(run string) int {
	found, count := 0, 0
	var plain [mostCard]byte
	for i := 0; i < len(run) && count < mostCard; i++ {
		if run[i] < '0' || run[i] > '9' {
			continue
		}
		plain[count] = run[i]
		count++
		ends := i+1 == len(run) || run[i+1] < '0' || run[i+1] > '9'
		if ends && count >= leastCard && luhn(plain[:count]) {
			found = i + 1
		}
	}
	return found
}

// luhn checks the last digit (ISO/IEC 7812-1, annex B). Nothing but zeros is no
// card, though it checks.
func luhn(number []byte) bool {
	sum, zeros := 0, true
	for i, digit := range number {
		n := int(digit - '0')
		zeros = zeros && n == 0
		if (len(number)-i)%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0 && !zeros
}

// address is of mail as people write it; what may be in one beyond that
// (RFC 5322) is not looked for.
var address = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN](?:[\pL\pN-]*[\pL\pN])?(?:\.[\pL\pN](?:[\pL\pN-]*[\pL\pN])?)+`)

func emails(text string) string {
	return address.ReplaceAllLiteralString(text, "[email]")
}

// phone is a number with its country (+49 30 1234567, 0049…), one that begins
// with 0, or one as North Americans write it.
var phone = regexp.MustCompile(`(?:\+|\(\+?)?[0-9](?:[ ./()\x{a0}-]{0,3}[0-9]){6,16}`)

// plainly is how a North American number is told from any other one.
var plainly = regexp.MustCompile(`^(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}$`)

// phones takes out what can be the number of a phone. What only has the digits
// for it, an order's number say, is left alone, and so are dates.
func phones(text string) string {
	return replaceAll(text, phone, func(number string) string {
		n := count(number)
		national := n >= 9 && withArea.MatchString(number) && !date.MatchString(number)
		if national || n >= 8 && withCountry.MatchString(number) || plainly.MatchString(number) {
			return "[phone]"
		}
		return number
	})
}

// How a number begins that has a country's code, or that of an area.
var (
	withCountry = regexp.MustCompile(`^\(?(?:\+|00)[1-9]`)
	withArea    = regexp.MustCompile(`^\(?0[1-9]`)
)

// date is how a date begins, with its day first.
var date = regexp.MustCompile(`^0[1-9][./-](?:0[1-9]|1[0-2])[./-](?:19|20)[0-9]{2}`)

func count(text string) (digits int) {
	for i := range len(text) {
		if strings.IndexByte(numerals, text[i]) >= 0 {
			digits++
		}
	}
	return digits
}

// replaceAll replaces matches as far as they are not part of something longer: of
// a word, an id, or an address.
func replaceAll(text string, pattern *regexp.Regexp, by func(string) string) string {
	var out strings.Builder
	last := 0
	for _, at := range pattern.FindAllStringIndex(text, -1) {
		start, end := at[0], at[1]
		if start > 0 && joins(text[start-1], "/=&%#_-") {
			start += groupIn(text[start:end])
		}
		if end < len(text) && joins(text[end], "/=%_@") {
			end = start + len(strings.TrimRight(text[start:end], numerals))
		}
		out.WriteString(text[last:start])
		out.WriteString(by(text[start:end]))
		last = end
	}
	if last == 0 {
		return text
	}
	return out.String() + text[last:]
}

// joins reports whether a byte makes what it stands beside part of something
// longer. Letters that are not ASCII do not: they may be words of a language
// that is written without spaces.
func joins(c byte, others string) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(others, c) >= 0
}

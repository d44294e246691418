package eightx8

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// scalar is a member that should be a text. 8x8 sends some as numbers; what is
// neither text, number nor bool is read as empty, so that one odd member does
// not cost the rest. NUL is dropped: stores cannot keep it.
type scalar string

// UnmarshalJSON never fails on valid JSON.
func (s *scalar) UnmarshalJSON(data []byte) error {
	*s = ""
	switch data[0] {
	case '"':
		if plain := data[1 : len(data)-1]; !bytes.ContainsAny(plain, "\\\x00") && utf8.Valid(plain) {
			*s = scalar(plain)
			return nil
		}
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*s = scalar(strings.ReplaceAll(text, "\x00", ""))
	case '{', '[', 'n':
	default:
		*s = scalar(data)
	}
	return nil
}

// is compares without case, as prose and schemas of 8x8 differ in it.
func (s scalar) is(word string) bool { return strings.EqualFold(string(s), word) }

// yes reports whether a text or bool says true.
func (s scalar) yes() bool { return s.is("true") }

// number is a whole number; ok is false for anything else.
func (s scalar) number() (n int, ok bool) {
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil || f < 0 || f > 1e9 || f != float64(int(f)) {
		return 0, false
	}
	return int(f), true
}

// The times that are believed, in Unix milliseconds: the years 2000 to 2099.
const (
	earliestMillis = 946684800000
	latestMillis   = 4102444800000
)

// millis is a time given in Unix milliseconds; zero: it is none that can be
// believed.
func (s scalar) millis() time.Time {
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil || !(f >= earliestMillis && f < latestMillis) {
		return time.Time{}
	}
	return time.UnixMilli(int64(f)).UTC()
}

// when is a time given as a date-time (RFC 3339, or without a zone, which is
// taken as UTC), a date, or Unix milliseconds; zero: it is none. 8x8's schemas
// say date where its examples have date-times.
func (s scalar) when() time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if at, err := time.Parse(layout, string(s)); err == nil {
			return at.UTC()
		}
	}
	return s.millis()
}

// either is the first text that is not empty.
func either(texts ...scalar) string {
	for _, text := range texts {
		if text != "" {
			return string(text)
		}
	}
	return ""
}

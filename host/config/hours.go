package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones where the system has none
)

// Hours are opening hours.
type Hours struct {
	Timezone Timezone `key:"timezone,required"`
	Weekly   Weekly   `key:"weekly,required"`
	// Closed are days without opening hours.
	Closed []Date `key:"closed"`
}

// Timezone is a zone of the IANA database.
type Timezone struct{ *time.Location }

// Weekly are the open spans of each weekday, Sunday first, each day's in order.
type Weekly [7][]Span

// Span is a stretch of a day, from Open up to but not including Close, counted
// from midnight by the clock on the wall. Close may be 24 h.
type Span struct {
	Open, Close time.Duration
}

// Date is a day of the calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

func (z *Timezone) setText(text string) error {
	if text == "" || text == "Local" {
		return fmt.Errorf("%q is not a time zone; write one as Europe/Berlin or UTC", text)
	}
	location, err := time.LoadLocation(text)
	if err != nil {
		return fmt.Errorf("%q is not a time zone; write one as Europe/Berlin or UTC", text)
	}
	z.Location = location
	return nil
}

func (d *Date) setText(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%q is not a day of the calendar; write it as 2026-12-25", text)
	}
	d.Year, d.Month, d.Day = day.Date()
	return nil
}

// read takes days to spans: mon-fri: "08:00-12:00, 13:00-18:00".
func (w *Weekly) read(r *reader, v value, _ reflect.StructTag) {
	entries := r.entries(v)
	if len(entries) == 0 {
		r.problem(v.key, "names no day")
	}
	given := map[time.Weekday]string{}
	for _, entry := range entries {
		first, last, err := weekdays(entry.name)
		if err != nil {
			r.problem(entry.key, "%v", err)
			continue
		}
		var text string
		if !r.text(entry.value, &text) {
			continue
		}
		spans, err := parseSpans(text)
		if err != nil {
			r.problem(entry.key, "%v", err)
			continue
		}
		for day := first; ; day = (day + 1) % 7 {
			if other, twice := given[day]; twice {
				r.problem(entry.key, "%s is in %s, too", strings.ToLower(day.String()), other)
				break
			}
			given[day], w[day] = entry.name, spans
			if day == last {
				break
			}
		}
	}
}

// weekdays reads mon or mon-fri; sat-mon goes round the end of the week.
func weekdays(text string) (first, last time.Weekday, err error) {
	from, to, isRange := strings.Cut(strings.ToLower(text), "-")
	if !isRange {
		to = from
	}
	first, okFirst := weekday(from)
	last, okLast := weekday(to)
	if !okFirst || !okLast {
		return 0, 0, fmt.Errorf("not a day; days are mon tue wed thu fri sat sun, and mon-fri")
	}
	return first, last, nil
}

func weekday(text string) (time.Weekday, bool) {
	day := slices.Index([]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, strings.TrimSpace(text))
	return time.Weekday(day), day >= 0
}

// parseSpans reads the spans of a day, in order and apart from each other.
func parseSpans(text string) ([]Span, error) {
	var spans []Span
	for part := range strings.SplitSeq(text, ",") {
		from, to, _ := strings.Cut(part, "-")
		opens, okOpen := parseClock(from)
		closes, okClose := parseClock(to)
		if !okOpen || !okClose {
			return nil, fmt.Errorf("%q is not a span of hours; write it as 08:00-18:00", strings.TrimSpace(part))
		}
		if closes <= opens {
			return nil, fmt.Errorf("%q ends before it begins; a night is 22:00-24:00 and, on the next day, 00:00-06:00", strings.TrimSpace(part))
		}
		spans = append(spans, Span{opens, closes})
	}
	slices.SortFunc(spans, func(a, b Span) int { return int(a.Open - b.Open) })
	for i := 1; i < len(spans); i++ {
		if spans[i].Open < spans[i-1].Close {
			return nil, fmt.Errorf("%q has spans that overlap", text)
		}
	}
	return spans, nil
}

// parseClock reads 00:00 to 24:00.
func parseClock(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return 24 * time.Hour, true
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		return 0, false
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, true
}

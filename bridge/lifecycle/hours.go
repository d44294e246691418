package lifecycle

import "time"

// Hours are the opening hours of a desk.
type Hours struct {
	// Location of the clock on the wall; nil: UTC.
	Location *time.Location
	// Weekly are the open spans of each weekday, Sunday first.
	Weekly [7][]Span
	// Closed are days without opening hours.
	Closed []Date
}

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

// Open reports whether at is within the opening hours. No hours: always.
func (h *Hours) Open(at time.Time) bool {
	if h == nil {
		return true
	}
	at = at.UTC()
	if h.Location != nil {
		at = at.In(h.Location)
	}
	year, month, day := at.Date()
	for _, closed := range h.Closed {
		if closed == (Date{year, month, day}) {
			return false
		}
	}
	clock := time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute +
		time.Duration(at.Second())*time.Second
	for _, span := range h.Weekly[at.Weekday()] {
		if clock >= span.Open && clock < span.Close {
			return true
		}
	}
	return false
}

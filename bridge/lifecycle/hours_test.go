package lifecycle

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of the table, where the system has none
)

// TestHours: the clock on the wall of the channel's zone decides, whatever the
// day is elsewhere.
func TestHours(t *testing.T) {
	workdays := [7][]Span{}
	for day := time.Monday; day <= time.Friday; day++ {
		workdays[day] = spans("08:00", "12:00", "13:00", "18:00")
	}
	always := [7][]Span{}
	for day := range always {
		always[day] = spans("00:00", "24:00")
	}
	// Saturday's night, and the small hours of Sunday.
	night := [7][]Span{time.Saturday: spans("22:00", "24:00"), time.Sunday: spans("00:00", "06:00")}
	small := [7][]Span{time.Sunday: spans("02:30", "03:30")}
	christmas := []Date{{2026, time.December, 25}}

	for _, tt := range []struct {
		name   string
		zone   string
		weekly [7][]Span
		closed []Date
		at     string // RFC 3339
		want   bool
	}{
		{"before the first span", "Europe/Berlin", workdays, nil, "2026-03-02T07:59:59+01:00", false},
		{"a span begins with its first second", "Europe/Berlin", workdays, nil, "2026-03-02T08:00:00+01:00", true},
		{"the last moment of a span", "Europe/Berlin", workdays, nil, "2026-03-02T11:59:59.999999999+01:00", true},
		{"a span ends before its last", "Europe/Berlin", workdays, nil, "2026-03-02T12:00:00+01:00", false},
		{"between two spans of a day", "Europe/Berlin", workdays, nil, "2026-03-02T12:30:00+01:00", false},
		{"the second span of a day", "Europe/Berlin", workdays, nil, "2026-03-02T13:00:00+01:00", true},
		{"after the last span", "Europe/Berlin", workdays, nil, "2026-03-02T18:00:00+01:00", false},
		{"a day without spans", "Europe/Berlin", workdays, nil, "2026-03-01T10:00:00+01:00", false},

		{"open in Berlin, and not by UTC", "Europe/Berlin", workdays, nil, "2026-03-02T07:30:00Z", true},
		{"closed in Berlin, and not by UTC", "Europe/Berlin", workdays, nil, "2026-03-02T17:30:00Z", false},
		{"Monday in Auckland, Sunday by UTC", "Pacific/Auckland", workdays, nil, "2026-03-01T20:00:00Z", true},
		{"Saturday in Auckland, Friday by UTC", "Pacific/Auckland", workdays, nil, "2026-03-06T21:00:00Z", false},
		{"Friday in Honolulu, Saturday by UTC", "Pacific/Honolulu", workdays, nil, "2026-03-07T02:00:00Z", true},
		{"a zone of half an hour", "Asia/Kolkata", workdays, nil, "2026-03-02T02:30:00Z", true},
		{"… and before", "Asia/Kolkata", workdays, nil, "2026-03-02T02:29:59Z", false},
		{"no zone is UTC", "", workdays, nil, "2026-03-02T09:30:00+01:00", true},

		{"a holiday", "Europe/Berlin", always, christmas, "2026-12-25T10:00:00+01:00", false},
		{"its first second, the day before by UTC", "Europe/Berlin", always, christmas, "2026-12-24T23:00:00Z", false},
		{"the second before it, there", "Europe/Berlin", always, christmas, "2026-12-24T22:59:59Z", true},
		{"its last second, there", "Europe/Berlin", always, christmas, "2026-12-25T22:59:59Z", false},
		{"the day after there, and not by UTC", "Europe/Berlin", always, christmas, "2026-12-25T23:00:00Z", true},
		{"a holiday in Auckland, the day before by UTC", "Pacific/Auckland", always, christmas, "2026-12-24T12:00:00Z", false},
		{"the day after in Auckland, the holiday by UTC", "Pacific/Auckland", always, christmas, "2026-12-25T11:00:00Z", true},
		{"a holiday in Honolulu, the day after by UTC", "Pacific/Honolulu", always, christmas, "2026-12-26T09:59:59Z", false},
		{"the same day of another year", "Europe/Berlin", always, christmas, "2025-12-25T10:00:00+01:00", true},

		{"24 hours: midnight", "Europe/Berlin", always, nil, "2026-03-02T00:00:00+01:00", true},
		{"24 hours: the last moment", "Europe/Berlin", always, nil, "2026-03-02T23:59:59.999999999+01:00", true},
		{"a night: before", "Europe/Berlin", night, nil, "2026-03-07T21:59:59+01:00", false},
		{"a night: up to midnight", "Europe/Berlin", night, nil, "2026-03-07T23:59:59+01:00", true},
		{"a night: from midnight", "Europe/Berlin", night, nil, "2026-03-08T00:00:00+01:00", true},
		{"a night: after", "Europe/Berlin", night, nil, "2026-03-08T06:00:00+01:00", false},
		{"a night before a holiday ends at midnight", "Europe/Berlin", night, []Date{{2026, time.March, 8}}, "2026-03-08T00:00:00+01:00", false},

		// In Berlin, 2026-03-29 has no 02:00 to 03:00, and 2026-10-25 has it twice.
		{"the day before summer time", "Europe/Berlin", workdays, nil, "2026-03-27T07:00:00Z", true},
		{"the first day of summer time", "Europe/Berlin", workdays, nil, "2026-03-30T06:00:00Z", true},
		{"… an hour before", "Europe/Berlin", workdays, nil, "2026-03-30T05:59:59Z", false},
		{"the first day of winter time", "Europe/Berlin", workdays, nil, "2026-10-26T06:30:00Z", false},
		{"… an hour later", "Europe/Berlin", workdays, nil, "2026-10-26T07:00:00Z", true},
		{"the clock is put forward into a span", "Europe/Berlin", small, nil, "2026-03-29T01:00:00Z", true},
		{"… up to which it was closed", "Europe/Berlin", small, nil, "2026-03-29T00:59:59Z", false},
		{"… of which half an hour is left", "Europe/Berlin", small, nil, "2026-03-29T01:30:00Z", false},
		{"the clock is put back out of a span", "Europe/Berlin", small, nil, "2026-10-25T01:00:00Z", false},
		{"… after the first half past two", "Europe/Berlin", small, nil, "2026-10-25T00:30:00Z", true},
		{"… before the second one", "Europe/Berlin", small, nil, "2026-10-25T01:29:59Z", false},
		{"… and after it", "Europe/Berlin", small, nil, "2026-10-25T01:30:00Z", true},
		// In Santiago, 2026-09-06 begins at 01:00.
		{"a day without a midnight", "America/Santiago", always, nil, "2026-09-06T04:00:00Z", true},
		{"… that is a holiday", "America/Santiago", always, []Date{{2026, time.September, 6}}, "2026-09-06T04:00:00Z", false},
		{"… from its beginning", "America/Santiago", always, []Date{{2026, time.September, 6}}, "2026-09-06T03:59:59Z", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hours := &Hours{Weekly: tt.weekly, Closed: tt.closed}
			if tt.zone != "" {
				hours.Location = zone(t, tt.zone)
			}
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			// In whatever zone the time is given.
			for _, at := range []time.Time{at, at.UTC(), at.In(zone(t, "Pacific/Kiritimati"))} {
				if got := hours.Open(at); got != tt.want {
					t.Errorf("%s: open %t, want %t", at, got, tt.want)
				}
			}
		})
	}
}

func TestNoHours(t *testing.T) {
	var none *Hours
	if !none.Open(time.Date(2026, 12, 25, 3, 0, 0, 0, time.UTC)) {
		t.Error("without hours it is closed")
	}
	if (&Hours{}).Open(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)) {
		t.Error("without a span it is open")
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return location
}

// spans are pairs of the clock's times.
func spans(clock ...string) []Span {
	var all []Span
	at := func(text string) time.Duration {
		return time.Duration(text[0]-'0')*10*time.Hour + time.Duration(text[1]-'0')*time.Hour +
			time.Duration(text[3]-'0')*10*time.Minute + time.Duration(text[4]-'0')*time.Minute
	}
	for i := 0; i < len(clock); i += 2 {
		all = append(all, Span{at(clock[i]), at(clock[i+1])})
	}
	return all
}

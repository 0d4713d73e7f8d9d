package source

import (
	"fmt"
	"time"

	"lachan/internal/dates"
	"lachan/internal/yamlfile"
)

// A Moment is since when or until when an entry counts, written in any way that package
// dates reads: a day, a day and a time of it, or a time that says its zone, as RFC 3339
// has it. The zero Moment is none.
type Moment struct {
	Day yamlfile.Date
	// Minute is that of the day, counted from 1, by the clock of whoever reads the file;
	// 0: the whole day is meant.
	Minute int
	Time   time.Time // with a zone of its own; then there is no Day
}

// UnmarshalText reads a day or a time; no text is none.
func (m *Moment) UnmarshalText(text []byte) error {
	*m = Moment{}
	// By the clocks of two zones it is the same moment if it says its own.
	at, day, ok := dates.Parse(string(text), time.UTC)
	if !ok || day {
		return m.Day.UnmarshalText(text)
	}
	elsewhere, _, _ := dates.Parse(string(text), somewhere)
	if elsewhere.Equal(at) {
		m.Time = at
		return nil
	}
	m.Day.Year, m.Day.Month, m.Day.Day = at.Date()
	m.Minute = 1 + at.Hour()*60 + at.Minute()
	return nil
}

// somewhere is a zone that is not UTC.
var somewhere = time.FixedZone("", 7*60*60)

// IsZero reports whether there is none.
func (m Moment) IsZero() bool { return m.Time.IsZero() && m.Day.IsZero() }

// Begin is when it begins: of a day its midnight in a time zone.
func (m Moment) Begin(zone *time.Location) time.Time {
	switch {
	case !m.Time.IsZero() || m.Day.IsZero():
		return m.Time
	case m.Minute > 0:
		return m.clock(zone)
	}
	return m.Day.In(zone)
}

// End is when it is over: of a day the midnight after it.
func (m Moment) End(zone *time.Location) time.Time {
	switch {
	case !m.Time.IsZero() || m.Day.IsZero():
		return m.Time
	case m.Minute > 0:
		return m.clock(zone)
	}
	return m.Day.In(zone).AddDate(0, 0, 1)
}

// clock is the minute of the day in a time zone.
func (m Moment) clock(zone *time.Location) time.Time {
	return time.Date(m.Day.Year, m.Day.Month, m.Day.Day, 0, m.Minute-1, 0, 0, zone)
}

// String is the moment as it is read.
func (m Moment) String() string {
	switch {
	case !m.Time.IsZero():
		return m.Time.Format(time.RFC3339)
	case m.Minute == 1: // 0:00 is how programs write the whole day
		return m.Day.String() + " 0 giờ"
	case m.Minute > 0:
		return fmt.Sprintf("%s %02d:%02d", m.Day, (m.Minute-1)/60, (m.Minute-1)%60)
	}
	return m.Day.String()
}

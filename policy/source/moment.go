package source

import (
	"time"

	"lachan/internal/yamlfile"
)

// A Moment is since when or until when an entry counts: a day, written as
// yamlfile.Date is, or a time, as RFC 3339 has it. The zero Moment is none.
type Moment struct {
	Day  yamlfile.Date
	Time time.Time
}

// UnmarshalText reads a day or a time; no text is none.
func (m *Moment) UnmarshalText(text []byte) error {
	*m = Moment{}
	if at, err := time.Parse(time.RFC3339, string(text)); err == nil {
		m.Time = at
		return nil
	}
	return m.Day.UnmarshalText(text)
}

// IsZero reports whether there is none.
func (m Moment) IsZero() bool { return m.Time.IsZero() && m.Day.IsZero() }

// Begin is when it begins: of a day its midnight in a time zone.
func (m Moment) Begin(zone *time.Location) time.Time {
	if !m.Time.IsZero() || m.Day.IsZero() {
		return m.Time
	}
	return m.Day.In(zone)
}

// End is when it is over: of a day the midnight after it.
func (m Moment) End(zone *time.Location) time.Time {
	if !m.Time.IsZero() || m.Day.IsZero() {
		return m.Time
	}
	return m.Day.In(zone).AddDate(0, 0, 1)
}

// String is the moment as it is read.
func (m Moment) String() string {
	if !m.Time.IsZero() {
		return m.Time.Format(time.RFC3339)
	}
	return m.Day.String()
}

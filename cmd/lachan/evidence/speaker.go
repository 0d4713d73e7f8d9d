package evidence

import (
	"cmp"
	"fmt"
	"time"

	"lachan/metrics/report/figures"
)

// A speaker writes times and names as tables have them.
type speaker struct {
	zone       *time.Location
	names      map[string]string // of units
	categories []figures.CategoryCount
}

// moment is a time as tables have it; "–" if it is not known.
func (s *speaker) moment(t time.Time) string {
	if t.IsZero() {
		return string(figures.NoData)
	}
	return t.In(s.zone).Format("2006-01-02 15:04:05")
}

// name is what people call a unit.
func (s *speaker) name(unit string) string {
	if unit == "" {
		return "Mọi đơn vị"
	}
	return cmp.Or(s.names[unit], unit)
}

// category is what people call one.
func (s *speaker) category(code string) string {
	for _, c := range s.categories {
		if c.Code == code {
			return c.Label
		}
	}
	return cmp.Or(code, "–")
}

// day is the day of a document.
func (s *speaker) day(o *figures.Order) string {
	if o.Issued.IsZero() {
		return string(figures.NoData)
	}
	return o.Issued.In(s.zone).Format("2006-01-02")
}

// clock is a length of time as 31:07:00.
func clock(d time.Duration) string {
	d = d.Round(time.Second)
	return fmt.Sprintf("%d:%02d:%02d", int(d/time.Hour), int(d%time.Hour/time.Minute), int(d%time.Minute/time.Second))
}

func number(version uint64) string {
	if version == 0 {
		return string(figures.NoData)
	}
	return fmt.Sprint(version)
}

package report

import (
	"time"

	"lachan/metrics/report/figures"
)

// facts are what a report is written of: the figures, and what they are of.
type facts struct {
	spec   *figures.Spec
	data   *figures.Data
	beside *figures.Beside
	unit   figures.Unit
	units  map[string]figures.Unit
}

// The length of the period gives the form: a report on a month fits on a page, one on
// a quarter has most sections, one on a year has all.
func (f *facts) isMonth() bool { return len(f.spec.Period.Months()) == 1 }
func (f *facts) isYear() bool  { return len(f.spec.Period.Months()) > 6 }

// pupils is the number of pupils: as the officer wrote it, or the sum of schools.
func (f *facts) pupils() figures.Figure {
	if n := f.spec.Typed.Students; n > 0 {
		return figures.Number(int64(n))
	}
	sum := figures.Figure{Sign: figures.NoData}
	for _, s := range f.data.Schools {
		sum = figures.Plus(sum, s.Students)
	}
	return sum
}

// nameOf is the name of a unit, or its id if only counters know it.
func (f *facts) nameOf(id string) string {
	if u, known := f.units[id]; known {
		return u.Name
	}
	return id
}

// minute writes a moment to the minute.
func (f *facts) minute(t time.Time) string {
	if t.IsZero() {
		return string(figures.NoData)
	}
	return t.In(f.spec.Period.Start.Location()).Format("15:04 02/01/2006")
}

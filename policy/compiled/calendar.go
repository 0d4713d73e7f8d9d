package compiled

import (
	"slices"
	"time"

	"lachan/policy/source"
)

// A Timetable is a window of the day on some days of the week and kinds of
// day. A window that crosses midnight belongs to the day it began on.
type Timetable struct {
	Name     string
	Days     Weekdays
	From, To Minutes // From == To: the 24 hours from then on
	On       DayKinds
	Outside  bool // open at all other times instead
}

// Minutes is a time of day in minutes since midnight, 0 to 1440.
type Minutes int16

// Weekdays is a set of days of the week, bit time.Weekday each.
type Weekdays uint8

// Has reports whether a day of the week is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w>>d&1 != 0 }

// DayKinds is a set of kinds of day, bit source.DayKind each.
type DayKinds uint8

// Has reports whether a kind of day is in the set.
func (s DayKinds) Has(k source.DayKind) bool { return s>>k&1 != 0 }

// InForce reports whether the window is open at the given minute of today.
func (t *Timetable) InForce(today, yesterday Day, minute Minutes) bool {
	open := t.Holds(today) && t.From <= minute
	if t.From < t.To {
		open = open && minute < t.To
	} else {
		open = open || t.Holds(yesterday) && minute < t.To
	}
	return open != t.Outside
}

// Holds reports whether the window opens on a day.
func (t *Timetable) Holds(d Day) bool { return t.Days.Has(d.Weekday) && t.On.Has(d.Kind) }

// OpenWindows reports which timetables are in force, by calendar and timetable.
// The moment is one of the policy's time zone.
func (m *Meta) OpenWindows(now time.Time) [][]bool {
	minute := Minutes(now.Hour()*60 + now.Minute())
	before := now.AddDate(0, 0, -1)
	open := make([][]bool, len(m.Calendars))
	all := make([]bool, len(m.Calendars)*len(m.Timetables))
	for i, c := range m.Calendars {
		today, yesterday := c.Day(now), c.Day(before)
		open[i], all = all[:len(m.Timetables)], all[len(m.Timetables):]
		for j := range m.Timetables {
			open[i][j] = m.Timetables[j].InForce(today, yesterday, minute)
		}
	}
	return open
}

// A Calendar says of a date what kind of day it is. Without terms every day
// is one of study that nothing else claims.
type Calendar struct {
	Terms, Holidays, Exams []DateSpan
	MakeUps                map[Date]time.Weekday
}

// A Date is a day, counted as yyyymmdd so that dates compare as numbers.
type Date int32

// DateOf is the day of a moment, in the moment's time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(y*10000 + int(m)*100 + d)
}

// A DateSpan is a run of days, both ends included.
type DateSpan struct{ From, To Date }

func within(spans []DateSpan, d Date) bool {
	return slices.ContainsFunc(spans, func(s DateSpan) bool { return s.From <= d && d <= s.To })
}

// A Day is what timetables ask of a date.
type Day struct {
	Weekday time.Weekday // of a make-up day the day whose lessons are held
	Kind    source.DayKind
}

// Day judges a date: an exam comes before all else, a make-up day before the
// holiday it may fall in, a holiday before the term around it. A nil calendar
// knows days of study only.
func (c *Calendar) Day(t time.Time) Day {
	if c == nil {
		return Day{t.Weekday(), source.StudyDay}
	}
	on := DateOf(t)
	weekday, makeUp := c.MakeUps[on]
	if !makeUp {
		weekday = t.Weekday()
	}
	switch {
	case within(c.Exams, on):
		return Day{weekday, source.ExamDay}
	case makeUp:
		return Day{weekday, source.StudyDay}
	case within(c.Holidays, on):
		return Day{weekday, source.Holiday}
	case c.Terms == nil || within(c.Terms, on):
		return Day{weekday, source.StudyDay}
	}
	return Day{weekday, source.OffDay}
}

// Edges are the times of day at which some timetable opens or shuts, since midnight, in
// order, with both midnights.
func (m *Meta) Edges() []time.Duration {
	edges := []time.Duration{0, 24 * time.Hour}
	for i := range m.Timetables {
		t := &m.Timetables[i]
		edges = append(edges, time.Duration(t.From)*time.Minute, time.Duration(t.To)*time.Minute)
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

package policy

import "time"

// Lessons are the hours in which lessons are held on the days that calendars
// have: those of the timetable that is built in, or of the one of the same name
// that policy.yaml has in its place.
type Lessons struct {
	From, To time.Duration // since midnight; To is not included
	// Own tells whether policy.yaml says anything of when lessons are held, by
	// that timetable or by a calendar.
	Own bool
}

// Lessons are those of all units.
func (p *Policy) Lessons() Lessons {
	t := &p.timetables[p.lessons()]
	l := Lessons{time.Duration(t.from) * time.Minute, time.Duration(t.to) * time.Minute, p.ownHours || len(p.calendars) > 1}
	if l.To <= l.From { // what is after midnight belongs to another day
		l.To = 24 * time.Hour
	}
	return l
}

// Calendar is a number that units share whose lessons are held on the same days.
func (p *Policy) Calendar(g GroupID) int { return int(p.units[g].calendar) }

// LessonsOn tells whether lessons are held on a day in units of a calendar.
func (p *Policy) LessonsOn(calendar int, day time.Time) bool {
	return p.timetables[p.lessons()].holds(p.calendars[calendar].day(day.In(p.loc)))
}

package policy

import (
	"runtime"
	"time"

	"lachan/blocklist"
	"lachan/policy/catalogue"
)

// What reports and lists need to know of a policy as a whole.

// A Standing is how a unit is set up, as reports show it. It does not include the
// unit's groups.
type Standing struct {
	// What holds for the unit's clients while lessons are held.
	SafeSearch, YouTube, Circumvention bool
	// Exceptions are the unit's own allow entries that count, Expired those that
	// have expired but are still written.
	Exceptions, Expired int
}

// Standings are those of all units at a moment. The index is the GroupID.
func (p *Policy) Standings(at time.Time) []Standing {
	r := lessonRules(p, at)
	bypass := blocklist.Of(p.file.Tags.Circumvention)
	standings := make([]Standing, len(p.file.Units))
	for u := range p.file.Units {
		s, profile := &standings[u], r.minutes[p.file.UnitPlan[u]].profile
		s.SafeSearch = profile.SafeSearch != catalogue.Off
		s.YouTube = profile.YouTube != catalogue.Off
		s.Circumvention = profile.Deny || r.DecideSet(GroupID(u), Decision{}, bypass).Action == Block
		for _, e := range p.file.CodesOf(uint32(u)) {
			s.count(e.Allows(), e.From, e.Until, r.now)
		}
	}
	for i := range p.file.Own.Entries {
		if e := &p.file.Own.Entries[i]; p.file.IsUnit(e.Owner) && e.During == 0 {
			standings[e.Owner].count(e.Allows(), e.From, e.Until, r.now)
		}
	}
	if p.overlay != nil {
		for i := range p.overlay.Own.Entries {
			e := &p.overlay.Own.Entries[i]
			standings[e.Owner].count(e.Allows(), e.From, e.Until, r.now)
		}
	}
	runtime.KeepAlive(p)
	return standings
}

func (s *Standing) count(allow bool, from, until, now int64) {
	switch {
	case !allow:
	case until <= now:
		s.Expired++
	case from <= now:
		s.Exceptions++
	}
}

// lessonRules are the rules without a list at a moment, but with the timetable of
// lessons open and every other one shut, whatever the time of day.
func lessonRules(p *Policy, at time.Time) *Rules {
	at = at.In(p.loc)
	open := make([]bool, len(p.file.Timetables))
	open[p.file.Lessons] = true
	r := &Rules{policy: p, time: at, now: at.Unix(), minutes: make([]minute, len(p.file.Plans))}
	for i := range p.file.Plans {
		r.minutes[i] = p.minute(&p.file.Plans[i], open, r.now)
	}
	return r
}

// InLessons are the rules for the lessons of a moment, whatever the time of day: only the
// timetable of lessons is open.
func InLessons(p *Policy, list *blocklist.List, at time.Time) *Rules {
	r := lessonRules(p, at)
	r.list, r.clients = list, list.HasClients()
	runtime.KeepAlive(p)
	return r
}

// Lessons are the hours in which lessons are held on the days that calendars
// have: those of the timetable that is built in, or of the one of the same name
// in policy.yaml.
type Lessons struct {
	From, To time.Duration // since midnight; To is not included
	// Own reports whether policy.yaml says anything of when lessons are held, by
	// that timetable or by a calendar.
	Own bool
}

// Lessons are those of all units.
func (p *Policy) Lessons() Lessons {
	t := &p.file.Timetables[p.file.Lessons]
	l := Lessons{
		From: time.Duration(t.From) * time.Minute, To: time.Duration(t.To) * time.Minute,
		Own: p.file.OwnHours || len(p.file.Calendars) > 1,
	}
	if l.To <= l.From { // what is after midnight belongs to another day
		l.To = 24 * time.Hour
	}
	return l
}

// Calendar is a number that is equal for units whose lessons are on the same days.
func (p *Policy) Calendar(g GroupID) int {
	calendar := int(p.file.Units[g].Calendar)
	runtime.KeepAlive(p)
	return calendar
}

// LessonsOn reports whether lessons are held on a day in units of a calendar.
func (p *Policy) LessonsOn(calendar int, day time.Time) bool {
	return p.file.Timetables[p.file.Lessons].Holds(p.file.Calendars[calendar].Day(day.In(p.loc)))
}

// Blocks are the tags that are blocked for some group at some time. A list entry
// with none of them makes no difference.
func (p *Policy) Blocks() Set {
	all := p.file.Blocks()
	runtime.KeepAlive(p)
	return all
}

package policy

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
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

// othersOf is what a unit is kept from in each timetable of its rules but that of lessons,
// where it is not what it is kept from otherwise, while none holds. The minute of its plan
// in r is used for that.
func othersOf(r *Rules, u uint32, names scheduled) (others []During, otherwise Blocked) {
	p := r.policy
	used := timetablesOf(p, u, names)
	if len(used) == 0 {
		return nil, otherwise
	}
	in := func(timetable int) Blocked {
		open := make([]bool, len(p.file.Timetables))
		if timetable >= 0 {
			open[timetable] = true
		}
		plan := p.file.UnitPlan[u]
		r.minutes[plan] = p.minute(&p.file.Plans[plan], open, r.now)
		b := blockedAt(r, u)
		b.Names = names.blocked(r, u)
		return b
	}
	otherwise = in(-1)
	for _, timetable := range used {
		if b := in(timetable); !b.Equal(&otherwise) {
			others = append(others, During{p.file.Timetables[timetable].Name, b})
		}
	}
	return others, otherwise
}

// timetablesOf are those of the rules of a unit, without that of lessons, in order.
func timetablesOf(p *Policy, u uint32, names scheduled) (used []int) {
	f := &p.file
	plan := &f.Plans[f.UnitPlan[u]]
	add := func(timetable int) {
		if timetable != int(f.Lessons) && !slices.Contains(used, timetable) {
			used = append(used, timetable)
		}
	}
	for _, rules := range [][]int32{f.Profiles[plan.Profile].Rules, f.PlanRulesOf(plan)} {
		for _, id := range rules {
			add(int(f.Rules[id].During))
		}
	}
	for ; len(names) > 0 && u != compiled.NoUnit; u = f.Parents[u] {
		for _, i := range names[u] {
			add(int(f.Own.Entries[i].During) - 1)
		}
	}
	slices.Sort(used)
	return used
}

// namesOf are the names that rules block in timetables.
func namesOf(list []During) string {
	var names []string
	for i := range list {
		names = append(append(names, list[i].Timetable+":"), list[i].Names...)
	}
	return strings.Join(names, " ")
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

// StudyDay reports whether lessons are held on a day in units of a calendar, and it is no day
// of examinations; as is the day of the week whose lessons are held.
func StudyDay(p *Policy, calendar int, day time.Time) (as time.Weekday, lessons bool) {
	is := p.file.Calendars[calendar].Day(day.In(p.loc))
	lessons = is.Kind == source.StudyDay && p.file.Timetables[p.file.Lessons].Holds(is)
	runtime.KeepAlive(p)
	return is.Weekday, lessons
}

// PlanOf is a number that is equal for units for which the same was compiled: what differs
// between them are entries that name a name.
func PlanOf(p *Policy, g GroupID) int {
	plan := int(p.file.UnitPlan[g])
	runtime.KeepAlive(p)
	return plan
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

// A HeldDay is what a unit is kept from on a day.
type HeldDay struct {
	Day   time.Time // its midnight
	Kind  source.DayKind
	Parts []HeldPart // from midnight to midnight; neighbours differ
}

// A HeldPart is what a unit is kept from for a part of a day.
type HeldPart struct {
	From, To time.Duration // since midnight; To is not included
	Blocked  Blocked
}

// Days is what a unit is kept from on some days, by timetables and calendars. Between the
// times at which windows open and shut a day is looked at once.
func Days(p *Policy, g GroupID, first time.Time, days int) (list []HeldDay) {
	plan := p.file.UnitPlan[g]
	calendar := p.file.Calendars[p.file.Plans[plan].Calendar]
	r := &Rules{policy: p, minutes: make([]minute, plan+1)}
	edges := p.file.Edges()
	for i := range days {
		day := first.In(p.loc).AddDate(0, 0, i)
		held := HeldDay{Day: time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, p.loc)}
		held.Kind = calendar.Day(held.Day).Kind
		for j, from := range edges[:len(edges)-1] {
			r.time = held.Day.Add(from)
			r.now = r.time.Unix()
			open := p.file.OpenWindows(r.time)[p.file.Plans[plan].Calendar]
			r.minutes[plan] = p.minute(&p.file.Plans[plan], open, r.now)
			part := HeldPart{From: from, To: edges[j+1], Blocked: blockedAt(r, uint32(g))}
			if n := len(held.Parts); n > 0 && held.Parts[n-1].Blocked.Equal(&part.Blocked) {
				held.Parts[n-1].To = part.To
				continue
			}
			held.Parts = append(held.Parts, part)
		}
		list = append(list, held)
	}
	runtime.KeepAlive(p)
	return list
}

// A SchoolYear is the days that the calendar of a unit names, its own or that of a unit
// above it.
type SchoolYear struct {
	Terms, Holidays, Exams []Run
	MakeUps                map[time.Time]time.Weekday // the day whose lessons are held
}

// A Run is days one after another, both ends included.
type Run struct{ From, To time.Time }

// Year is the calendar that holds for a unit.
func Year(p *Policy, g GroupID) SchoolYear {
	c := p.file.Calendars[p.file.Units[g].Calendar]
	if c == nil {
		return SchoolYear{}
	}
	at := func(d compiled.Date) time.Time {
		return time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, p.loc)
	}
	runs := func(spans []compiled.DateSpan) (runs []Run) {
		for _, s := range spans {
			runs = append(runs, Run{at(s.From), at(s.To)})
		}
		return runs
	}
	y := SchoolYear{runs(c.Terms), runs(c.Holidays), runs(c.Exams), map[time.Time]time.Weekday{}}
	for day, as := range c.MakeUps {
		y.MakeUps[at(day)] = as
	}
	runtime.KeepAlive(p)
	return y
}

// A Window is a timetable of the policy, as it is built in or written.
type Window struct {
	Name     string
	Days     [7]bool       // by time.Weekday
	From, To time.Duration // since midnight; To of a window over midnight is not after From
	On       []source.DayKind
	Outside  bool // at all other times instead
}

// Windows are the timetables that rules can name.
func Windows(p *Policy) (list []Window) {
	for i := range p.file.Timetables {
		t := &p.file.Timetables[i]
		w := Window{
			Name: t.Name, Outside: t.Outside,
			From: time.Duration(t.From) * time.Minute, To: time.Duration(t.To) * time.Minute,
		}
		for day := range w.Days {
			w.Days[day] = t.Days.Has(time.Weekday(day))
		}
		for kind := source.StudyDay; kind <= source.OffDay; kind++ {
			if t.On.Has(kind) {
				w.On = append(w.On, kind)
			}
		}
		list = append(list, w)
	}
	runtime.KeepAlive(p)
	return list
}

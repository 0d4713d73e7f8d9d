package policy

import (
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/policy/catalogue"
)

// A Standing is what reports say of how a unit is set up, its groups apart.
type Standing struct {
	// What holds for the unit's clients while lessons are held.
	SafeSearch, YouTube, Circumvention bool
	// Exceptions are the unit's own allow entries that count, Expired those that
	// are over and still written.
	Exceptions, Expired int
}

// Standings are those of all units at a moment. The index is the GroupID.
func (p *Policy) Standings(at time.Time) []Standing {
	r := p.inLessons(at)
	bypass := blocklist.Of(p.tags.circumvention)
	standings := make([]Standing, len(p.units))
	for u := range p.units {
		s, profile := &standings[u], r.minutes[p.plan[u]].profile
		s.SafeSearch = profile.safeSearch != catalogue.Off
		s.YouTube = profile.youTube != catalogue.Off
		s.Circumvention = profile.deny || r.DecideSet(GroupID(u), Decision{}, bypass).Action == Block
		for _, e := range p.units[u].codes {
			s.count(e.allow, e.from, e.until, r.now)
		}
	}
	for i := range p.own.entries {
		if e := &p.own.entries[i]; int(e.owner) < len(standings) { // others are of profiles
			standings[e.owner].count(e.allow, e.from, e.until, r.now)
		}
	}
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

// inLessons are the rules without a list at a moment, but with the timetable of
// lessons open and every other one shut, whatever the time of day.
func (p *Policy) inLessons(at time.Time) *Rules {
	at = at.In(p.loc)
	open := make([]bool, len(p.timetables))
	open[p.lessons()] = true
	r := &Rules{policy: p, time: at, now: at.Unix(), minutes: make([]minute, len(p.plans))}
	for i := range p.plans {
		r.minutes[i] = p.minute(&p.plans[i], open, r.now)
	}
	return r
}

// lessons is the timetable of lessons. There always is one: it is built in.
func (p *Policy) lessons() int {
	return slices.IndexFunc(p.timetables, func(t timetable) bool { return t.name == p.catalogue.SchoolHours.Code })
}
